using System.Globalization;
using Saas.Cluster.Periodic;

namespace Saas.Cluster.Tests.Periodic;

/// <summary>What happens where clocks are changed, day by day. Times are local, with their offset.</summary>
public sealed class CronZoneTests
{
    // Berlin: 2026-03-29 02:00 +01 becomes 03:00 +02; 2026-10-25 03:00 +02 becomes 02:00 +01.
    // New York: 2026-03-08 02:00 -05 becomes 03:00 -04; 2026-11-01 02:00 -04 becomes 01:00 -05.
    // Lord Howe: 2026-04-05 02:00 +11 becomes 01:30 +10:30; 2026-10-04 02:00 +10:30 becomes 02:30 +11.
    // Cairo: 2026-04-24 00:00 +02 becomes 01:00 +03. Apia had no 2011-12-30.
    public static TheoryData<string, string, string, string[]> Days() => new()
    {
        // Certain hours, clocks forward: at the end of the gap, once.
        { "Europe/Berlin", "30 2 * * *", "2026-03-28T03:00+01:00", ["2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"] },
        { "Europe/Berlin", "*/15 2 * * *", "2026-03-28T03:00+01:00", ["2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00"] },
        { "Europe/Berlin", "30 2 * * * *", "2026-03-29T01:59+01:00", ["2026-03-29T03:00+02:00"] },
        { "Europe/Berlin", "0 2,3 * * *", "2026-03-29T00:00+01:00", ["2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00"] },
        { "Europe/Berlin", "30 2,3 * * *", "2026-03-29T00:00+01:00", ["2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00"] },
        { "Europe/Berlin", "30 2 29 3 *", "2026-01-01T00:00+01:00", ["2026-03-29T03:00+02:00", "2027-03-29T02:30+02:00"] },
        { "Europe/Berlin", "30 1,4 * * *", "2026-03-29T00:00+01:00", ["2026-03-29T01:30+01:00", "2026-03-29T04:30+02:00"] },
        { "America/New_York", "5 2 * * *", "2026-03-08T00:00-05:00", ["2026-03-08T03:00-04:00", "2026-03-09T02:05-04:00"] },
        { "Africa/Cairo", "@daily", "2026-04-23T00:00+02:00", ["2026-04-24T01:00+03:00", "2026-04-25T00:00+03:00"] },
        { "Pacific/Apia", "0 12 * * *", "2011-12-29T00:00-10:00", ["2011-12-29T12:00-10:00", "2011-12-31T00:00+14:00", "2011-12-31T12:00+14:00"] },

        // Certain hours, clocks back: the first time.
        { "Europe/Berlin", "30 2 * * *", "2026-10-24T03:00+02:00", ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"] },
        { "Europe/Berlin", "0,30 2 * * *", "2026-10-25T00:00+02:00", ["2026-10-25T02:00+02:00", "2026-10-25T02:30+02:00", "2026-10-26T02:00+01:00"] },
        { "Europe/Berlin", "30 2 * * *", "2026-10-25T02:10+01:00", ["2026-10-26T02:30+01:00"] },
        { "Europe/Berlin", "0 3 * * *", "2026-10-25T00:00+02:00", ["2026-10-25T03:00+01:00", "2026-10-26T03:00+01:00"] },
        { "America/New_York", "0 1 * * *", "2026-11-01T00:00-04:00", ["2026-11-01T01:00-04:00", "2026-11-02T01:00-05:00"] },
        { "America/New_York", "* 1-2 1 11 *", "2026-11-01T01:58-04:00", ["2026-11-01T01:59-04:00", "2026-11-01T02:00-05:00"] },

        // Every hour: the hours that there are.
        { "Europe/Berlin", "30 * * * *", "2026-03-29T01:00+01:00", ["2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00"] },
        { "Europe/Berlin", "30 * * * *", "2026-10-25T02:00+02:00", ["2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", "2026-10-25T03:30+01:00"] },
        { "Europe/Berlin", "0 0-23 * * *", "2026-10-25T01:30+02:00", ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00", "2026-10-25T03:00+01:00"] },
        { "America/New_York", "@hourly", "2026-03-08T00:30-05:00", ["2026-03-08T01:00-05:00", "2026-03-08T03:00-04:00"] },

        // Every other hour: never longer than two apart.
        { "Europe/Berlin", "0 */2 * * *", "2026-03-29T00:00+01:00", ["2026-03-29T03:00+02:00", "2026-03-29T04:00+02:00"] },
        { "Europe/Berlin", "0 */2 * * *", "2026-10-25T00:00+02:00", ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00", "2026-10-25T04:00+01:00"] },

        // Half an hour: hour 2 in spring is half as long, hour 1 in autumn half as long again.
        { "Australia/Lord_Howe", "15 2 * * *", "2026-10-04T00:00+10:30", ["2026-10-04T02:30+11:00", "2026-10-05T02:15+11:00"] },
        { "Australia/Lord_Howe", "15 * * * *", "2026-10-04T01:00+10:30", ["2026-10-04T01:15+10:30", "2026-10-04T02:30+11:00", "2026-10-04T03:15+11:00"] },
        { "Australia/Lord_Howe", "45 * * * *", "2026-10-04T01:00+10:30", ["2026-10-04T01:45+10:30", "2026-10-04T02:45+11:00"] },
        { "Australia/Lord_Howe", "45 1 * * *", "2026-04-05T00:00+11:00", ["2026-04-05T01:45+11:00", "2026-04-06T01:45+10:30"] },
        { "Australia/Lord_Howe", "15 1 * * *", "2026-04-05T00:00+11:00", ["2026-04-05T01:15+11:00", "2026-04-06T01:15+10:30"] },
        { "Australia/Lord_Howe", "*/20 * * * *", "2026-04-05T01:30+11:00", ["2026-04-05T01:40+11:00", "2026-04-05T01:40+10:30", "2026-04-05T02:00+10:30"] },

        // No changes.
        { "UTC", "30 2 * * *", "2026-03-28T12:00+00:00", ["2026-03-29T02:30+00:00", "2026-03-30T02:30+00:00"] },
        { "Asia/Kolkata", "30 2 * * *", "2026-03-28T12:00+05:30", ["2026-03-29T02:30+05:30"] },
    };

    [Theory]
    [MemberData(nameof(Days))]
    public void Next_WhereClocksAreChanged_IsOnceForEachLocalTime(string zone, string text, string after, string[] launches)
    {
        Assert.True(TimeZones.TryFind(zone, out var found, out var error), error);
        Assert.True(CronExpression.TryParse(text, out var cron, out error), error);
        var at = At(after);
        var actual = new List<string>();
        foreach (var _ in launches)
        {
            var next = cron.Next(at, found);
            Assert.NotNull(next);
            actual.Add(TimeZoneInfo.ConvertTime(next.Value, found).ToString("yyyy-MM-ddTHH:mmzzz", CultureInfo.InvariantCulture));
            at = next.Value;
        }

        Assert.Equal(launches, actual);
    }

    [Fact]
    public void Next_FromAnyOffset_IsTheSameInstantAsUtc()
    {
        Assert.True(TimeZones.TryFind("Europe/Berlin", out var zone, out _));
        Assert.True(CronExpression.TryParse("0 6 * * *", out var cron, out _));
        var next = cron.Next(At("2026-06-01T00:00+14:00"), zone);
        Assert.Equal(TimeSpan.Zero, next!.Value.Offset);
        Assert.Equal(next, cron.Next(At("2026-06-01T00:00+14:00").ToUniversalTime(), zone));
    }

    private static DateTimeOffset At(string text) =>
        DateTimeOffset.ParseExact(text, "yyyy-MM-ddTHH:mmzzz", CultureInfo.InvariantCulture);
}
