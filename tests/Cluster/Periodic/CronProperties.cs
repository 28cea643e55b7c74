using FsCheck;
using FsCheck.Fluent;
using Saas.Cluster.Periodic;

namespace Saas.Cluster.Tests.Periodic;

/// <summary>Generated expressions in zones that change their clocks by an hour, half an hour, at midnight, by a day, twice for Ramadan, or never.</summary>
public sealed class CronProperties
{
    private static readonly (string Zone, int Year)[] Places =
    [
        ("Europe/Berlin", 2026), ("America/New_York", 2026), ("Australia/Lord_Howe", 2026), ("UTC", 2026), ("Africa/Cairo", 2026),
        ("America/Havana", 2026), ("Africa/Casablanca", 2026), ("Pacific/Apia", 2011), ("Europe/Moscow", 2014), ("Asia/Pyongyang", 2018),
    ];

    /// <summary>A zone and a minute in the days before one of its changes, or before some day if it has none.</summary>
    private static readonly Gen<(TimeZoneInfo Zone, DateTime From)> Starts =
        from place in Gen.Elements(Places)
        from change in Gen.Elements(Changes(place.Zone, place.Year).ToArray())
        from before in Gen.Choose(0, 30 * 60)
        select (Zone(place.Zone), change.AddMinutes(-before));

    [Fact]
    public void LaunchesAreThoseOfLookingAtTheClockEveryMinute()
    {
        var cases = from cron in CronCase.Any() from start in Starts select (cron, start.Zone, start.From);
        Prop.ForAll(cases.ToArbitrary(), static one =>
        {
            // Dense expressions are followed for two days, sparse ones for a year.
            var expected = CronOracle.Launches(one.cron, one.Zone, one.From, one.From.AddYears(1)).Take(3000).ToList();
            var actual = Launches(one.cron, one.Zone, one.From).Take(expected.Count).ToList();
            return expected.SequenceEqual(actual).Label(
                $"{one.cron} in {one.Zone.Id} after {one.From:s}: expected {First(expected, actual):s}, came {First(actual, expected):s}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    [Fact]
    public void NothingIsLaunchedThatTheClockEveryMinuteDoesNotSee()
    {
        var cases = from cron in CronCase.Any() from start in Starts select (cron, start.Zone, start.From);
        Prop.ForAll(cases.ToArbitrary(), static one =>
        {
            var until = one.From.AddDays(3);
            return CronOracle.Launches(one.cron, one.Zone, one.From, until)
                .SequenceEqual(Launches(one.cron, one.Zone, one.From).TakeWhile(launch => launch <= until));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    [Fact]
    public void NextIsAfterAndNeverDecreases()
    {
        var cases =
            from cron in CronCase.Any()
            from start in Starts
            from seconds in Gen.ArrayOf(Gen.Choose(0, 3 * 24 * 3600), 20)
            select (cron, start.Zone, start.From, seconds);
        Prop.ForAll(cases.ToArbitrary(), static one =>
        {
            var cron = Parse(one.cron);
            var asked = one.seconds.Order().Select(s => new DateTimeOffset(one.From.AddSeconds(s), TimeSpan.Zero)).ToList();
            var nexts = asked.Select(at => cron.Next(at, one.Zone) ?? DateTimeOffset.MaxValue).ToList();
            return nexts.SequenceEqual(nexts.Order())
                && asked.Zip(nexts).All(pair => pair.Second > pair.First)
                // And no launch lies between what was asked for and what was answered.
                && asked.Zip(nexts).All(pair => pair.Second == DateTimeOffset.MaxValue
                    || cron.Next(pair.Second.AddSeconds(-1), one.Zone) == pair.Second);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    /// <summary>Apia is left out: in 2011 it had a day less.</summary>
    [Fact]
    public void DailyLaunchesAreOneOnEachDayThatThereIs()
    {
        var cases =
            from cron in CronCase.Daily()
            from place in Gen.Elements(Places.Where(static place => place.Zone != "Pacific/Apia").ToArray())
            select (cron, place);
        Prop.ForAll(cases.ToArbitrary(), static one =>
        {
            var zone = Zone(one.place.Zone);
            var from = new DateTime(one.place.Year, 1, 2);
            var days = Launches(one.cron, zone, from).TakeWhile(launch => launch < from.AddDays(350))
                .Select(launch => DayOf(one.cron, launch, zone)).ToList();
            var expected = Enumerable.Range(0, (days[^1] - days[0]).Days + 1).Select(n => days[0].AddDays(n));
            return days.SequenceEqual(expected).Label($"{one.cron} in {zone.Id}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void LatestIsTheLastOfThoseThatNextGives()
    {
        var cases =
            from crons in Gen.ArrayOf(CronCase.Any(), 2)
            from start in Starts
            from minutes in Gen.Choose(0, 3000)
            select (crons, start.Zone, start.From, minutes);
        Prop.ForAll(cases.ToArbitrary(), static one =>
        {
            var config = new Contracts.Jobs.PeriodicConfig { Specs = [.. one.crons.Select(cron => cron.Text)], TimeZone = one.Zone.Id };
            Assert.True(PeriodicSchedule.TryCreate(config, out var schedule, out var error), error);
            DateTimeOffset from = new(one.From, TimeSpan.Zero), until = from.AddMinutes(one.minutes).AddMilliseconds(300);
            DateTimeOffset? last = null;
            for (var next = schedule.Next(from); next <= until; next = schedule.Next(next.Value))
            {
                last = next;
            }

            return schedule.Latest(from, until) == last;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void AnyTextIsReadOrRefused()
    {
        string[] pieces = ["*", "?", "/", "-", ",", "L", "W", "#", "0", "1", "5", "7", "59", "2026", " ", " ", " ", "mon", "jan", "@daily", "é", "\0", "x"];
        Prop.ForAll(Gen.ListOf(Gen.Elements(pieces)).ToArbitrary(), static list =>
        {
            var text = string.Concat(list);
            return CronExpression.TryParse(text, out var cron, out var error)
                ? cron.Next(DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc) is null or { Second: >= 0 }
                : error.Length > 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(30));
    }

    /// <summary>Of a launch that a gap swallows, and that comes at its end: the day in which the gap began. In Pyongyang it ended at midnight.</summary>
    private static DateTime DayOf(CronCase cron, DateTime launch, TimeZoneInfo zone)
    {
        var local = launch + OffsetAt(launch, zone);
        return cron.Matches(local) ? local.Date : (launch + OffsetAt(launch.AddMinutes(-1), zone)).Date;
    }

    private static TimeSpan OffsetAt(DateTime at, TimeZoneInfo zone) => zone.GetUtcOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc));

    private static IEnumerable<DateTime> Launches(CronCase cron, TimeZoneInfo zone, DateTime after)
    {
        var expression = Parse(cron);
        for (var next = expression.Next(new DateTimeOffset(after, TimeSpan.Zero), zone); next is not null; next = expression.Next(next.Value, zone))
        {
            yield return next.Value.UtcDateTime;
        }
    }

    private static CronExpression Parse(CronCase cron)
    {
        Assert.True(CronExpression.TryParse(cron.Text, out var expression, out var error), error);
        return expression;
    }

    private static TimeZoneInfo Zone(string name)
    {
        Assert.True(TimeZones.TryFind(name, out var zone, out var error), error);
        return zone;
    }

    /// <summary>Hours of the year in which the zone changes its clocks.</summary>
    private static List<DateTime> Changes(string name, int year)
    {
        var zone = Zone(name);
        var changes = new List<DateTime>();
        var start = new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var hour = start; hour < start.AddYears(1); hour = hour.AddHours(1))
        {
            if (zone.GetUtcOffset(hour) != zone.GetUtcOffset(hour.AddHours(1)))
            {
                changes.Add(hour.AddHours(1));
            }
        }

        return changes.Count > 0 ? changes : [start.AddDays(100)];
    }

    private static DateTime? First(List<DateTime> of, List<DateTime> beside) =>
        of.Zip(beside).Where(pair => pair.First != pair.Second).Select(pair => (DateTime?)pair.First).FirstOrDefault();
}
