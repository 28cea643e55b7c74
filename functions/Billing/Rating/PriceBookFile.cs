using System.Text.Json;
using System.Text.Json.Serialization;
using Saas.Contracts;

namespace Saas.Billing.Rating;

/// <summary>The price book as operators write it; see docs/billing.md.</summary>
internal sealed record PriceBookFile(string Currency, IReadOnlyList<PriceEntry> Prices)
{
    /// <summary>Ten thousand of the currency for one vCPU-second: above it somebody has counted the zeros wrong.</summary>
    private const long MaxNanoPerUnit = 10_000_000_000_000;

    /// <exception cref="PriceBookException">The file cannot be read or is not a price book; names every fault.</exception>
    public static PriceBook Load(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PriceBookException([$"{path} cannot be read: {e.Message}"], e);
        }
    }

    /// <exception cref="PriceBookException">As <see cref="Load"/>.</exception>
    public static PriceBook Parse(ReadOnlySpan<byte> json)
    {
        PriceBookFile file;
        try
        {
            file = JsonSerializer.Deserialize(json, PriceBookJson.Strict.PriceBookFile)
                ?? throw new PriceBookException(["expected a JSON object; null came"]);
        }
        catch (JsonException e)
        {
            throw new PriceBookException([e.Message], e);
        }

        var faults = Faults(file).ToList();
        return faults.Count == 0
            ? new PriceBook(file.Currency, file.Prices.Select(p => new Price(p.Meter, p.EffectiveFrom.ToUniversalTime(), p.NanoPerUnit)))
            : throw new PriceBookException(faults);
    }

    private static IEnumerable<string> Faults(PriceBookFile file)
    {
        if (file.Currency is not { Length: 3 } || !file.Currency.All(char.IsAsciiLetterUpper))
        {
            yield return $"currency: expected three capital letters (ISO 4217); '{file.Currency}' came";
        }

        if (file.Prices.Any(p => p is null))
        {
            yield return "prices: null is not a price";
            yield break;
        }

        for (var i = 0; i < file.Prices.Count; i++)
        {
            foreach (var fault in Faults(file.Prices[i]))
            {
                yield return $"prices[{i}].{fault}";
            }
        }

        foreach (var twice in file.Prices.GroupBy(p => (p.Meter, p.EffectiveFrom)).Where(g => g.Count() > 1))
        {
            yield return $"prices: {twice.Key.Meter} has {twice.Count()} prices from {twice.Key.EffectiveFrom:u}";
        }

        foreach (var meter in MeterUnit.AllMeters.Except(file.Prices.Select(p => p.Meter)))
        {
            yield return $"prices: {meter} has no price; write one of 0 where it is free";
        }
    }

    private static IEnumerable<string> Faults(PriceEntry price)
    {
        if (!MeterUnit.IsMeter(price.Meter))
        {
            yield return $"meter: expected one of {string.Join(", ", MeterUnit.AllMeters)}; '{price.Meter}' came";
        }
        else if (price.Unit != MeterUnit.Of(price.Meter).PricedName)
        {
            yield return $"unit: {price.Meter} is priced per '{MeterUnit.Of(price.Meter).PricedName}'; '{price.Unit}' came";
        }

        if (price.EffectiveFrom.UtcTicks % TimeSpan.TicksPerHour != 0)
        {
            yield return $"effectiveFrom: expected the begin of an hour in UTC; {price.EffectiveFrom:O} came";
        }

        if (price.NanoPerUnit is < 0 or > MaxNanoPerUnit)
        {
            yield return $"nanoPerUnit: expected 0 to {MaxNanoPerUnit}; {price.NanoPerUnit} came";
        }
    }
}

/// <param name="Unit">Repeats what the meter is priced per, so that a reader of the file need not know.</param>
internal sealed record PriceEntry(string Meter, string Unit, DateTimeOffset EffectiveFrom, long NanoPerUnit);

/// <summary>The app must not start with such prices.</summary>
internal sealed class PriceBookException(IReadOnlyList<string> faults, Exception? inner = null)
    : Exception("The price book is not valid: " + string.Join("; ", faults) + ".", inner)
{
    public IReadOnlyList<string> Faults { get; } = faults;
}

[JsonSerializable(typeof(PriceBookFile))]
internal sealed partial class PriceBookJson : JsonSerializerContext
{
    /// <summary>A misspelt member is a fault, not a price that is missing.</summary>
    public static PriceBookJson Strict { get; } = new(StrictJson.Over(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        ReadCommentHandling = JsonCommentHandling.Skip,
    }));
}
