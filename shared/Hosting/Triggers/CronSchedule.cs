using System.Numerics;

namespace Saas.Hosting.Triggers;

/// <summary>
/// An NCRONTAB expression, as Azure Functions' timers have it: <c>second minute hour day month day-of-week</c>, in UTC.
/// A field is <c>*</c>, a number, a name (<c>Jan</c>, <c>Mon</c>), a range <c>a-b</c>, either with a step <c>/n</c>,
/// or a list of these. Sunday is 0. A day must match both day fields, unlike cron's either.
/// </summary>
public sealed class CronSchedule
{
    /// <summary>The 29th of February comes round in 8 years at the latest: 1896 to 1904, 2096 to 2104.</summary>
    private const int HorizonDays = 8 * 366;

    private static readonly string[] MonthNames =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly ulong _seconds;
    private readonly ulong _minutes;
    private readonly ulong _hours;
    private readonly ulong _days;
    private readonly ulong _months;
    private readonly ulong _weekdays;

    private CronSchedule(string text, string[] fields)
    {
        Text = text;
        _seconds = Field(fields[0], 0, 59, []);
        _minutes = Field(fields[1], 0, 59, []);
        _hours = Field(fields[2], 0, 23, []);
        _days = Field(fields[3], 1, 31, []);
        _months = Field(fields[4], 1, 12, MonthNames);
        _weekdays = Field(fields[5], 0, 6, DayNames);
    }

    public string Text { get; }

    /// <exception cref="FormatException">Not an expression of six fields.</exception>
    public static CronSchedule Parse(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return fields.Length == 6
            ? new CronSchedule(text, fields)
            : throw new FormatException($"Expected six fields (second minute hour day month day-of-week); '{text}' has {fields.Length}.");
    }

    /// <summary>The first time strictly after <paramref name="after"/>, or null if there is none (30 February).</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var from = after.ToUniversalTime().AddSeconds(1);
        var time = new TimeOnly(from.Hour, from.Minute, from.Second);
        var date = DateOnly.FromDateTime(from.UtcDateTime);
        for (var day = 0; day <= HorizonDays; day++, date = date.AddDays(1), time = TimeOnly.MinValue)
        {
            if (Has(_months, date.Month) && Has(_days, date.Day) && Has(_weekdays, (int)date.DayOfWeek)
                && NextOnDay(time) is { } found)
            {
                return new DateTimeOffset(date.ToDateTime(found), TimeSpan.Zero);
            }
        }

        return null;
    }

    private TimeOnly? NextOnDay(TimeOnly from)
    {
        for (var hour = From(_hours, from.Hour); hour >= 0; hour = From(_hours, hour + 1))
        {
            var firstMinute = hour == from.Hour ? from.Minute : 0;
            for (var minute = From(_minutes, firstMinute); minute >= 0; minute = From(_minutes, minute + 1))
            {
                var second = From(_seconds, hour == from.Hour && minute == from.Minute ? from.Second : 0);
                if (second >= 0)
                {
                    return new TimeOnly(hour, minute, second);
                }
            }
        }

        return null;
    }

    private static bool Has(ulong set, int value) => (set >> value & 1) != 0;

    /// <summary>The smallest member from <paramref name="value"/> on, or -1.</summary>
    private static int From(ulong set, int value)
    {
        var rest = value > 63 ? 0 : set >> value << value;
        return rest == 0 ? -1 : BitOperations.TrailingZeroCount(rest);
    }

    private static ulong Field(string field, int min, int max, string[] names)
    {
        var set = 0UL;
        foreach (var part in field.Split(','))
        {
            var slash = part.IndexOf('/', StringComparison.Ordinal);
            var step = slash < 0 ? 1 : Number(part[(slash + 1)..], 1, max, []);
            var range = slash < 0 ? part : part[..slash];
            var dash = range.IndexOf('-', StringComparison.Ordinal);
            var first = range == "*" ? min : Number(dash < 0 ? range : range[..dash], min, max, names);
            var last = range == "*" || (slash >= 0 && dash < 0) ? max
                : dash < 0 ? first
                : Number(range[(dash + 1)..], min, max, names);
            if (last < first)
            {
                throw new FormatException($"'{range}' ends before it begins.");
            }

            for (var value = first; value <= last; value += step)
            {
                set |= 1UL << value;
            }
        }

        return set;
    }

    private static int Number(string text, int min, int max, string[] names)
    {
        var name = Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (name >= 0)
        {
            return name + min;
        }

        return int.TryParse(text, System.Globalization.NumberStyles.None, null, out var value) && value >= min && value <= max
            ? value
            : throw new FormatException($"'{text}' is not between {min} and {max}.");
    }
}
