namespace Saas.Cluster.Periodic;

/// <summary>
/// The two day fields of a cron expression. Both restricted: a day that either names (crontab(5)); one restricted: what that
/// one names; none: every day. Sets are bits; weekdays count from Sunday, 0.
/// </summary>
internal sealed record CronDays
{
    /// <summary>Whether the day-of-month field is something else than a wildcard.</summary>
    public required bool DaysRestricted { get; init; }

    public required uint Days { get; init; }

    /// <summary><c>L</c>.</summary>
    public required bool LastDay { get; init; }

    /// <summary><c>LW</c>.</summary>
    public required bool LastWorkday { get; init; }

    /// <summary><c>15W</c>: the day from Monday to Friday of the same month that is nearest to the 15th.</summary>
    public required uint NearestWorkdays { get; init; }

    /// <summary>Whether the day-of-week field is something else than a wildcard.</summary>
    public required bool WeekdaysRestricted { get; init; }

    public required uint Weekdays { get; init; }

    /// <summary><c>5L</c>: the last Friday of the month.</summary>
    public required uint LastWeekdays { get; init; }

    /// <summary><c>5#3</c>, the third Friday: bit 7 (n - 1) + weekday.</summary>
    public required ulong NthWeekdays { get; init; }

    /// <summary>Bit n: the nth of this month is named. None for a month that has none of them.</summary>
    public uint In(int year, int month)
    {
        var last = DateTime.DaysInMonth(year, month);
        var all = (uint)((1ul << (last + 1)) - 2);
        if (!DaysRestricted && !WeekdaysRestricted)
        {
            return all;
        }

        var first = (int)new DateTime(year, month, 1).DayOfWeek;
        uint days = 0;
        if (DaysRestricted)
        {
            days |= Days & all;
            days |= LastDay ? 1u << last : 0;
            days |= LastWorkday ? 1u << Workday(last, first, last) : 0;
            for (var day = 1; NearestWorkdays != 0 && day <= last; day++)
            {
                days |= (NearestWorkdays >> day & 1) != 0 ? 1u << Workday(day, first, last) : 0;
            }
        }

        for (var day = 1; WeekdaysRestricted && day <= last; day++)
        {
            var weekday = Weekday(day, first);
            var named = (Weekdays >> weekday & 1) != 0
                || ((LastWeekdays >> weekday & 1) != 0 && day + 7 > last)
                || (NthWeekdays >> ((7 * ((day - 1) / 7)) + weekday) & 1) != 0;
            days |= named ? 1u << day : 0;
        }

        return days;
    }

    private static int Weekday(int day, int first) => (first + day - 1) % 7;

    private static int Workday(int day, int first, int last) => (DayOfWeek)Weekday(day, first) switch
    {
        DayOfWeek.Saturday => day > 1 ? day - 1 : day + 2,
        DayOfWeek.Sunday => day < last ? day + 1 : day - 2,
        _ => day,
    };
}
