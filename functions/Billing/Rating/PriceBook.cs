namespace Saas.Billing.Rating;

/// <summary>What a meter costs from an hour on, until its next price.</summary>
/// <param name="EffectiveFrom">The begin of an hour, UTC.</param>
/// <param name="NanoPerUnit">Billionths of the currency's major unit, per <see cref="MeterUnit.PricedName"/>.</param>
internal sealed record Price(string Meter, DateTimeOffset EffectiveFrom, long NanoPerUnit);

/// <summary>All prices ever in force, checked by <see cref="PriceBookFile"/>. Immutable.</summary>
internal sealed class PriceBook(string currency, IEnumerable<Price> prices)
{
    private readonly Dictionary<string, Price[]> _byMeter = prices
        .GroupBy(p => p.Meter)
        .ToDictionary(g => g.Key, g => g.OrderBy(p => p.EffectiveFrom).ToArray());

    /// <summary>ISO 4217.</summary>
    public string Currency => currency;

    /// <summary>The price in force in that hour; null before the meter's first.</summary>
    public Price? PriceAt(string meter, DateTimeOffset hour) =>
        Array.FindLast(_byMeter.GetValueOrDefault(meter, []), p => p.EffectiveFrom <= hour);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Price> Of(string meter) => _byMeter.GetValueOrDefault(meter, []);
}
