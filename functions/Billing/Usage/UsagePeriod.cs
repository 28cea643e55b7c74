using System.Globalization;
using Saas.Billing.Metering;

namespace Saas.Billing.Usage;

/// <summary>Whole UTC hours, from <see cref="From"/> (inclusive) to <see cref="To"/> (exclusive).</summary>
internal readonly record struct UsagePeriod(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>The longest month.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM-ddTHHK", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
    ];

    public IEnumerable<DateTimeOffset> Hours
    {
        get
        {
            for (var hour = From; hour < To; hour = hour.AddHours(1))
            {
                yield return hour;
            }
        }
    }

    /// <summary>
    /// Every hour touched: from is rounded down to its hour, to is rounded up. Without to the period ends with the
    /// present hour; without from it begins with the month in which it ends.
    /// </summary>
    public static UsagePeriod Around(DateTimeOffset? from, DateTimeOffset? to, DateTimeOffset now)
    {
        var end = RoundUp(to ?? now.AddTicks(1));
        var last = end.AddTicks(-1);
        return new UsagePeriod(
            UsageRows.HourOf(from ?? new DateTimeOffset(last.Year, last.Month, 1, 0, 0, 0, TimeSpan.Zero)), end);
    }

    /// <summary>ISO 8601: a date, or a date and time. What has no offset is UTC.</summary>
    public static bool TryParse(string text, out DateTimeOffset instant) => DateTimeOffset.TryParseExact(
        text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant)
        // Rounding must not leave the range of what can be written.
        && instant.Year is >= 2000 and <= 9000;

    private static DateTimeOffset RoundUp(DateTimeOffset at)
    {
        var hour = UsageRows.HourOf(at);
        return hour == at ? hour : hour.AddHours(1);
    }
}
