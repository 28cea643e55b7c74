using System.Diagnostics.CodeAnalysis;

namespace Saas.Cluster.Periodic;

/// <summary>Reads the text of a cron expression: which field is which, and what is special to days.</summary>
internal static class CronSyntax
{
    private static readonly CronField Second = new("second", 0, 59, []);
    private static readonly CronField Minute = new("minute", 0, 59, []);
    private static readonly CronField Hour = new("hour", 0, 23, []);
    private static readonly CronField DayOfMonth = new("day-of-month", 1, 31, []);
    private static readonly CronField Month = new("month", 1, 12,
    [
        "january", "february", "march", "april", "may", "june",
        "july", "august", "september", "october", "november", "december",
    ]);

    private static readonly CronField DayOfWeek = new("day-of-week", 0, 7,
        ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]);

    private static readonly CronField Year = new("year", CronCalendar.FirstYear, CronCalendar.LastYear, []);

    public static bool TryRead(
        string text, [NotNullWhen(true)] out CronCalendar? calendar, [NotNullWhen(false)] out string? error)
    {
        calendar = null;
        error = null;
        try
        {
            calendar = Read(text);
        }
        catch (CronSyntaxException refused)
        {
            error = refused.Message;
        }

        return calendar is not null;
    }

    private static CronCalendar Read(string text)
    {
        if (text.Length > CronExpression.MaxLength)
        {
            throw new CronSyntaxException(
                $"A cron expression has at most {CronExpression.MaxLength} characters; this one has {text.Length}.");
        }

        var fields = Expand(text.Trim()).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is < 5 or > 7)
        {
            throw new CronSyntaxException(
                "A cron expression has 5 fields (minute, hour, day-of-month, month, day-of-week), 6 (with a year behind) or "
                + $"7 (with seconds before), or is one of @yearly, @annually, @monthly, @weekly, @daily, @hourly; this one has {fields.Length}.");
        }

        var at = fields.Length == 7 ? 1 : 0;
        var hours = Hour.Read(fields[at + 1]);
        return new CronCalendar
        {
            Seconds = fields.Length == 7 ? Second.Read(fields[0]).Bits : 1,
            Minutes = Minute.Read(fields[at]).Bits,
            Hours = (uint)hours.Bits,
            IsInterval = hours.HasStep || hours.Bits == (1ul << 24) - 1,
            Days = ReadDays(fields[at + 2], fields[at + 4]),
            Months = (uint)Month.Read(fields[at + 3]).Bits,
            Years = fields.Length > 5 ? ReadYears(fields[at + 5]) : null,
        };
    }

    private static CronDays ReadDays(string monthText, string weekText)
    {
        bool lastDay = false, lastWorkday = false;
        uint nearest = 0, last = 0;
        ulong nth = 0;
        var days = DayOfMonth.Read(monthText, entry =>
        {
            switch (entry)
            {
                case "l":
                    lastDay = true;
                    return true;
                case "lw":
                    lastWorkday = true;
                    return true;
                case [.., 'w'] when DayOfMonth.TryValue(entry.AsSpan(..^1), out var day):
                    nearest |= 1u << day;
                    return true;
                default:
                    return false;
            }
        });
        var weekdays = DayOfWeek.Read(weekText, entry =>
        {
            if (entry is [.., 'l'] && DayOfWeek.TryValue(entry.AsSpan(..^1), out var weekday))
            {
                last |= 1u << (weekday % 7);
                return true;
            }

            if (entry is [.., '#', >= '1' and <= '5'] && DayOfWeek.TryValue(entry.AsSpan(..^2), out weekday))
            {
                nth |= 1ul << ((7 * (entry[^1] - '1')) + (weekday % 7));
                return true;
            }

            return false;
        });
        return new CronDays
        {
            DaysRestricted = !days.IsWildcard,
            Days = (uint)days.Bits,
            LastDay = lastDay,
            LastWorkday = lastWorkday,
            NearestWorkdays = nearest,
            WeekdaysRestricted = !weekdays.IsWildcard,
            Weekdays = (uint)((weekdays.Bits | weekdays.Bits >> 7) & 0x7f),
            LastWeekdays = last,
            NthWeekdays = nth,
        };
    }

    private static bool[]? ReadYears(string text)
    {
        var years = new bool[CronCalendar.LastYear - CronCalendar.FirstYear + 1];
        Year.Read(text, static _ => false, year => years[year - CronCalendar.FirstYear] = true);
        return Array.TrueForAll(years, static year => year) ? null : years;
    }

    private static string Expand(string text) => text switch
    {
        "@yearly" or "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        ['@', ..] => throw new CronSyntaxException(
            $"'{text}' is not known; predefined are @yearly, @annually, @monthly, @weekly, @daily and @hourly."),
        _ => text,
    };
}

/// <summary>A cron expression cannot be read; does not leave <see cref="CronSyntax"/>.</summary>
internal sealed class CronSyntaxException(string message) : Exception(message);
