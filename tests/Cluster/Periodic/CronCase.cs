using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Saas.Cluster.Tests.Periodic;

/// <summary>
/// A generated expression: its text, and what the text means, said a second time and without sets or jumps. Minutes are as fine as it gets.
/// </summary>
internal sealed record CronCase(
    string Text, Func<DateTime, bool> TimeMatches, Func<DateTime, bool> DayMatches, bool IsInterval, bool RunsInEveryHour)
{
    private static readonly string[] Weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public bool Matches(DateTime local) => TimeMatches(local) && DayMatches(local);

    public override string ToString() => Text;

    public static Gen<CronCase> Any() =>
        from minute in Numbers(0, 59)
        from hour in Numbers(0, 23)
        from day in Gen.Frequency((4, Wild()), (2, Numbers(1, 31)), (1, DaysOfMonth()))
        from month in Gen.Frequency((5, Wild()), (1, Numbers(1, 12)))
        from weekday in Gen.Frequency((4, Wild()), (2, Numbers(0, 6)), (1, DaysOfWeek()))
        select Of(minute, hour, day, month, weekday);

    /// <summary>Once a day, at a certain minute of a certain hour.</summary>
    public static Gen<CronCase> Daily() =>
        from minute in Gen.Choose(0, 59)
        from hour in Gen.Choose(0, 23)
        select Of(One(minute), One(hour), Star, Star, Star);

    private static CronCase Of(Field minute, Field hour, Field day, Field month, Field weekday)
    {
        var everyHour = Enumerable.Range(0, 24).All(h => hour.Has(h, default));
        return new CronCase(
            $"{minute.Text} {hour.Text} {day.Text} {month.Text} {weekday.Text}",
            local => minute.Has(local.Minute, local) && hour.Has(local.Hour, local),
            local => month.Has(local.Month, local) && (day.IsWild, weekday.IsWild) switch
            {
                (true, _) => weekday.Has((int)local.DayOfWeek, local),
                (_, true) => day.Has(local.Day, local),
                _ => day.Has(local.Day, local) || weekday.Has((int)local.DayOfWeek, local),
            },
            hour.HasStep || everyHour,
            everyHour);
    }

    private sealed record Field(string Text, Func<int, DateTime, bool> Has, bool IsWild = false, bool HasStep = false);

    private static readonly Field Star = new("*", static (_, _) => true, IsWild: true);

    private static Field One(int value) => new(value.ToString(CultureInfo.InvariantCulture), (v, _) => v == value);

    private static Gen<Field> Wild() => Gen.Constant(Star);

    private static Gen<Field> Numbers(int min, int max) => Gen.Frequency(
        (2, Wild()),
        (3, from value in Gen.Choose(min, max) select One(value)),
        (2, from step in Gen.Choose(1, max / 2) select new Field($"*/{step}", (v, _) => (v - min) % step == 0, HasStep: true)),
        (2, from values in Gen.ArrayOf(Gen.Choose(min, max), 3)
            select new Field(string.Join(',', values), (v, _) => values.Contains(v))),
        (1, from first in Gen.Choose(min, max)
            from last in Gen.Choose(first, max)
            select new Field($"{first}-{last}", (v, _) => v >= first && v <= last)),
        (1, from first in Gen.Choose(min, max)
            from step in Gen.Choose(1, 7 < max ? 7 : max)
            select new Field($"{first}/{step}", (v, _) => v >= first && (v - first) % step == 0, HasStep: true)));

    private static Gen<Field> DaysOfMonth() => Gen.OneOf(
        Gen.Constant(new Field("L", static (_, at) => at.Day == Last(at))),
        Gen.Constant(new Field("LW", static (_, at) => at.Day == NearestWorkday(at, Last(at)))),
        from day in Gen.Choose(1, 31)
        select new Field($"{day}W", (_, at) => day <= Last(at) && at.Day == NearestWorkday(at, day)));

    private static Gen<Field> DaysOfWeek() => Gen.OneOf(
        from weekday in Gen.Choose(0, 6)
        select new Field($"{Weekdays[weekday]}L", (v, at) => v == weekday && at.AddDays(7).Month != at.Month),
        from weekday in Gen.Choose(0, 6)
        from nth in Gen.Choose(1, 5)
        select new Field($"{weekday}#{nth}", (v, at) => v == weekday && ((at.Day - 1) / 7) + 1 == nth));

    private static int Last(DateTime at) => DateTime.DaysInMonth(at.Year, at.Month);

    /// <summary>Of the days of the month that are no weekend, the one that is the fewest days from this one.</summary>
    private static int NearestWorkday(DateTime month, int day) => Enumerable.Range(1, Last(month))
        .Where(d => new DateTime(month.Year, month.Month, d).DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
        .MinBy(d => Math.Abs(d - day));
}
