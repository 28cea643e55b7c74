using Saas.Hosting.Triggers;

namespace Saas.Hosting.Tests.Triggers;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("*/5 * * * * *", "2026-01-01T00:00:02", "2026-01-01T00:00:05")]
    [InlineData("0 */5 * * * *", "2026-01-01T00:00:00", "2026-01-01T00:05:00")]
    [InlineData("0 0 * * * *", "2026-01-01T00:59:59", "2026-01-01T01:00:00")]
    [InlineData("30 15 4 * * *", "2026-01-01T04:15:30", "2026-01-02T04:15:30")]
    [InlineData("0 0 0 1 * *", "2026-01-31T12:00:00", "2026-02-01T00:00:00")]
    [InlineData("0 0 0 29 2 *", "2026-03-01T00:00:00", "2028-02-29T00:00:00")]
    [InlineData("0 0 0 29 2 *", "2096-03-01T00:00:00", "2104-02-29T00:00:00")]
    [InlineData("0 30 9 * * Mon-Fri", "2026-01-02T09:30:00", "2026-01-05T09:30:00")]
    [InlineData("0 0 12 13 * 5", "2026-01-01T00:00:00", "2026-02-13T12:00:00")]
    [InlineData("0 0 0 31 * *", "2026-04-01T00:00:00", "2026-05-31T00:00:00")]
    [InlineData("10,20-22,50/5 0 0 * * *", "2026-01-01T00:00:20", "2026-01-01T00:00:21")]
    [InlineData("10,20-22,50/5 0 0 * * *", "2026-01-01T00:00:50", "2026-01-01T00:00:55")]
    [InlineData("0 0 0 * jan,JUL sun", "2026-01-31T00:00:00", "2026-07-05T00:00:00")]
    [InlineData("59 59 23 31 12 *", "2026-12-31T23:59:59", "2027-12-31T23:59:59")]
    public void Next_AfterAnInstant_IsTheFirstMatch(string schedule, string after, string expected) =>
        Assert.Equal(Utc(expected), CronSchedule.Parse(schedule).Next(Utc(after)));

    [Fact]
    public void Next_WithinASecond_IsAWholeSecondLater() =>
        Assert.Equal(
            Utc("2026-01-01T00:00:01"), CronSchedule.Parse("* * * * * *").Next(Utc("2026-01-01T00:00:00").AddMilliseconds(1)));

    [Fact]
    public void Next_ThirtiethOfFebruary_IsNever() => Assert.Null(CronSchedule.Parse("0 0 0 30 2 *").Next(Utc("2026-01-01T00:00:00")));

    [Theory]
    [InlineData("")]
    [InlineData("* * * * *")]
    [InlineData("60 * * * * *")]
    [InlineData("* * 24 * * *")]
    [InlineData("* * * 0 * *")]
    [InlineData("* * * * 13 *")]
    [InlineData("* * * * * 7")]
    [InlineData("*/0 * * * * *")]
    [InlineData("5-1 * * * * *")]
    [InlineData("a * * * * *")]
    [InlineData("+5 * * * * *")]
    public void Parse_NotAnExpression_Throws(string schedule) => Assert.Throws<FormatException>(() => CronSchedule.Parse(schedule));

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text + "Z");
}
