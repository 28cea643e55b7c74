using Saas.Contracts.Jobs;
using Saas.Provisioning.Nodes.Pools;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>A key of the platform's that is misspelt would silently place a job where it must not be: it is refused.</summary>
internal static class PlatformMetaRules
{
    private const int MaxPools = 8;

    public static IEnumerable<Fault> FaultsOf(IReadOnlyDictionary<string, string>? meta) => (meta ?? new Dictionary<string, string>())
        .Where(static entry => entry.Key.StartsWith(PlatformMeta.Prefix, StringComparison.Ordinal))
        .Select(static entry => FaultOf(entry.Key, entry.Value ?? ""))
        .OfType<string>()
        .Select(static message => new Fault("Meta", message));

    private static string? FaultOf(string key, string value) => key switch
    {
        _ when value.Length == 0 && key is PlatformMeta.DataClass or PlatformMeta.Placement or PlatformMeta.Burst => null,
        PlatformMeta.DataClass => IsWord(value)
            ? null : $"{key}: expected one class of letters, digits, '-', '_' and '.', at most {JobLimits.MaxNameLength}; {Quote.Of(value)} came.",
        PlatformMeta.Placement => value is PlatformMeta.Packed or PlatformMeta.Cheapest
            ? null : $"{key}: expected packed or cheapest; {Quote.Of(value)} came.",
        PlatformMeta.Burst => ArePools(value.Split(',', StringSplitOptions.TrimEntries))
            ? null : $"{key}: expected 1 to {MaxPools} different node pools with ',' between; {Quote.Of(value)} came.",
        _ => $"{Quote.Of(key)} is no key of the platform's; known are {PlatformMeta.DataClass} {PlatformMeta.Placement} {PlatformMeta.Burst}.",
    };

    private static bool ArePools(string[] pools) =>
        pools.Length <= MaxPools && pools.All(NodePools.IsName) && pools.Distinct(StringComparer.Ordinal).Count() == pools.Length;

    private static bool IsWord(string value) => value.Length <= JobLimits.MaxNameLength && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
