using System.Collections.Frozen;
using Saas.Cluster;

namespace Saas.Billing.Rating;

/// <summary>How a meter is shown and priced. Its base unit, in which it is counted, is in <see cref="Meters"/>.</summary>
/// <param name="Name">What a quantity is shown in.</param>
/// <param name="BaseUnits">How many base units make one.</param>
/// <param name="PricedName">What a price is for.</param>
/// <param name="PricedBaseUnits">How many base units a price is for.</param>
internal sealed record MeterUnit(string Name, long BaseUnits, string PricedName, long PricedBaseUnits)
{
    private static readonly MeterUnit Operation = new("operation", 1, "10000 operations", 10_000);

    private static readonly KeyValuePair<string, MeterUnit>[] Units =
    [
        new(Meters.Vcpu, new("vCPU-second", 1_000_000, "vCPU-second", 1_000_000)),
        new(Meters.Memory, new("GiB-second", 1_024_000, "GiB-second", 1_024_000)),
        new(Meters.ApiCalls, new("call", 1, "1000 calls", 1000)),
        .. Meters.TransitKeyTypes.Select(type => KeyValuePair.Create(Meters.Transit(type), Operation)),
        new(Meters.TransitRandom, Operation),
        new(Meters.TransitHash, Operation),
        new(Meters.KvRead, Operation),
        new(Meters.KvWrite, Operation),
    ];

    private static readonly FrozenDictionary<string, MeterUnit> ByMeter = Units.ToFrozenDictionary();

    /// <summary>All meters, in the order they are listed.</summary>
    public static readonly IReadOnlyList<string> AllMeters = [.. Units.Select(u => u.Key)];

    public static bool IsMeter(string? name) => name is not null && ByMeter.ContainsKey(name);

    /// <exception cref="KeyNotFoundException">Not one of <see cref="AllMeters"/>.</exception>
    public static MeterUnit Of(string meter) => ByMeter[meter];

    /// <summary>Exact: the divisors have no prime factors but 2 and 5.</summary>
    public decimal Show(Int128 baseUnits) => Decimals.Shortest((decimal)baseUnits / BaseUnits);
}

internal static class Decimals
{
    private const decimal One = 1.0000000000000000000000000000m;

    /// <summary>The same number without zeros at its end: 1.50 as 1.5.</summary>
    public static decimal Shortest(decimal value) => value / One;
}
