namespace Saas.Billing.Rating;

/// <summary>Money is counted in whole billionths (nano units) of the currency's major unit: never in floating point.</summary>
internal static class Money
{
    private const decimal NanoPerMajor = 1_000_000_000m;

    /// <summary>In major units, with at most nine decimals.</summary>
    public static decimal ToMajor(Int128 nano) => Decimals.Shortest((decimal)nano / NanoPerMajor);
}
