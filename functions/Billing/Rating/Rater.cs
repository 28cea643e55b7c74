namespace Saas.Billing.Rating;

/// <summary>
/// What usage costs. A pure function of quantity, hour and price book, so that the same usage always costs the same.
/// <para>
/// The invoice line is one meter of one project in one hour. Its cost is rounded to a nano unit, half to even, and
/// nothing else is ever rounded: any grouping of lines adds up to the same amount.
/// </para>
/// </summary>
internal static class Rater
{
    /// <param name="hour">Begin of the hour: decides which price is in force.</param>
    /// <param name="baseUnits">In the meter's base unit; not negative.</param>
    /// <returns>Nano units of the book's currency; 0 before the meter's first price.</returns>
    /// <exception cref="OverflowException">Beyond any quantity that is let in.</exception>
    public static Int128 CostNano(PriceBook book, string meter, DateTimeOffset hour, Int128 baseUnits)
    {
        if (book.PriceAt(meter, hour) is not { } price)
        {
            return 0;
        }

        return DivideHalfEven(checked(baseUnits * price.NanoPerUnit), MeterUnit.Of(meter).PricedBaseUnits);
    }

    private static Int128 DivideHalfEven(Int128 dividend, Int128 divisor)
    {
        var (quotient, rest) = Int128.DivRem(dividend, divisor);
        var twice = rest * 2;
        return twice > divisor || (twice == divisor && Int128.IsOddInteger(quotient)) ? quotient + 1 : quotient;
    }
}
