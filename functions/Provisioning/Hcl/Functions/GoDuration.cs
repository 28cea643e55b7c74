using System.Globalization;

namespace Saas.Provisioning.Hcl.Functions;

/// <summary>Durations as Go writes them: <c>1h30m</c>, <c>-1.5s</c>, <c>10ms</c>.</summary>
internal static class GoDuration
{
    private static readonly System.Buffers.SearchValues<char> Digits = System.Buffers.SearchValues.Create("0123456789.");

    /// <returns>Nanoseconds; null: it is none, or more than 64 bits hold (290 years).</returns>
    public static long? Parse(ReadOnlySpan<char> text)
    {
        var negative = text is ['-', ..];
        var rest = text is ['-' or '+', ..] ? text[1..] : text;
        if (rest is "0")
        {
            return 0;
        }

        var total = 0m;
        var any = false;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits is <= 0 or > 25 || rest[..digits] is "." || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            rest = rest[digits..];
            var (unit, length) = UnitOf(rest);
            if (unit == 0 || number > long.MaxValue / unit)
            {
                return null;
            }

            total += decimal.Truncate(number * unit);
            rest = rest[length..];
            any = true;
            if (total > long.MaxValue)
            {
                return null;
            }
        }

        return any ? (long)(negative ? -total : total) : null;
    }

    /// <returns>Nanoseconds of a unit, and how long its name is; 0: there is no such unit.</returns>
    private static (long Nanoseconds, int Length) UnitOf(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAny(Digits);
        var name = end < 0 ? text : text[..end];
        return name switch
        {
            "ns" => (1, 2),
            "us" or "µs" or "μs" => (1_000, 2),
            "ms" => (1_000_000, 2),
            "s" => (1_000_000_000, 1),
            "m" => (60_000_000_000, 1),
            "h" => (3_600_000_000_000, 1),
            _ => (0, 0),
        };
    }
}
