using System.Numerics;

namespace Saas.Cluster.Periodic;

/// <summary>
/// The local times that a cron expression names, as a clock on the wall shows them; zones are not known here. Sets are bits:
/// bit n is value n.
/// </summary>
internal sealed record CronCalendar
{
    public const int FirstYear = 1970;
    public const int LastYear = 2099;
    private const uint AllHours = (1u << 24) - 1;

    public required ulong Seconds { get; init; }
    public required ulong Minutes { get; init; }
    public required uint Hours { get; init; }
    public required uint Months { get; init; }

    /// <summary>By year - <see cref="FirstYear"/>; null: every year.</summary>
    public required IReadOnlyList<bool>? Years { get; init; }

    public required CronDays Days { get; init; }

    /// <summary>The hour field means "every so often" rather than certain hours: it has a wildcard or a step, or names all.</summary>
    public required bool IsInterval { get; init; }

    public bool RunsInEveryHour => Hours == AllHours;

    /// <summary>The first that is not before <paramref name="from"/> (whole seconds); null if there is none until the end of 2099.</summary>
    public DateTime? FirstFrom(DateTime from)
    {
        if (from.Year < FirstYear)
        {
            from = new DateTime(FirstYear, 1, 1);
        }

        for (var year = from.Year; year <= LastYear; year++)
        {
            if (Years is { } years && !years[year - FirstYear])
            {
                continue;
            }

            for (var month = year == from.Year ? from.Month : 1; month <= 12; month++)
            {
                if ((Months >> month & 1) == 0)
                {
                    continue;
                }

                // 64 bits, because the days after the 31st are asked for.
                ulong days = Days.In(year, month);
                if (year == from.Year && month == from.Month)
                {
                    if ((days >> from.Day & 1) != 0 && TimeFrom(from.TimeOfDay) is { } time)
                    {
                        return from.Date + time;
                    }

                    days &= ulong.MaxValue << (from.Day + 1);
                }

                if (days != 0)
                {
                    var (hour, minute, second) = (Least(Hours), Least(Minutes), Least(Seconds));
                    return new DateTime(year, month, Least(days), hour, minute, second);
                }
            }
        }

        return null;
    }

    /// <summary>The first time of a day that is not before <paramref name="from"/>; null: not on this day any more.</summary>
    private TimeSpan? TimeFrom(TimeSpan from)
    {
        var (hour, minute, second) = (from.Hours, from.Minutes, from.Seconds);
        if ((Hours >> hour & 1) != 0)
        {
            var seconds = Seconds & ulong.MaxValue << second;
            if ((Minutes >> minute & 1) != 0 && seconds != 0)
            {
                return new TimeSpan(hour, minute, Least(seconds));
            }

            var minutes = Minutes & ulong.MaxValue << (minute + 1);
            if (minutes != 0)
            {
                return new TimeSpan(hour, Least(minutes), Least(Seconds));
            }
        }

        var hours = Hours & uint.MaxValue << (hour + 1);
        return hours == 0 ? null : new TimeSpan(Least(hours), Least(Minutes), Least(Seconds));
    }

    private static int Least(ulong set) => BitOperations.TrailingZeroCount(set);
}
