using System.Globalization;
using Saas.Cluster.Periodic;

namespace Saas.Cluster.Tests.Periodic;

/// <summary>The grammar, in UTC: what each form names, and what is refused with which words.</summary>
public sealed class CronExpressionTests
{
    [Theory]
    // Numbers of fields.
    [InlineData("* * * * *", "2025-12-31 23:59:30", "2026-01-01 00:00:00")]
    [InlineData("  5  4  *  *  *  ", "2026-02-28 04:05:00", "2026-03-01 04:05:00")]
    [InlineData("* * * * * 2030", "2026-01-01 00:00:00", "2030-01-01 00:00:00")]
    [InlineData("0 0 1 1 * 2027-2031/2", "2027-01-01 00:00:00", "2029-01-01 00:00:00")]
    [InlineData("* * * * * * *", "2026-02-28 23:59:59", "2026-03-01 00:00:00")]
    [InlineData("*/15 * * * * * *", "2026-01-01 00:00:46", "2026-01-01 00:01:00")]
    [InlineData("30 5 4 * * * *", "2026-01-01 04:05:29", "2026-01-01 04:05:30")]
    // Names of times.
    [InlineData("@yearly", "2026-01-01 00:00:00", "2027-01-01 00:00:00")]
    [InlineData("@annually", "2026-06-01 00:00:00", "2027-01-01 00:00:00")]
    [InlineData("@monthly", "2026-01-01 00:00:00", "2026-02-01 00:00:00")]
    [InlineData("@weekly", "2026-01-01 00:00:00", "2026-01-04 00:00:00")]
    [InlineData("@daily", "2026-01-01 00:00:00", "2026-01-02 00:00:00")]
    [InlineData("@hourly", "2026-01-01 00:00:00", "2026-01-01 01:00:00")]
    // Lists, ranges, steps.
    [InlineData("15-30/4,55 * * * *", "2026-01-01 00:16:00", "2026-01-01 00:19:00")]
    [InlineData("15-30/4,55 * * * *", "2026-01-01 00:27:00", "2026-01-01 00:55:00")]
    [InlineData("50/4 * * * *", "2026-01-01 00:54:00", "2026-01-01 00:58:00")]
    [InlineData("50/4 * * * *", "2026-01-01 00:58:00", "2026-01-01 01:50:00")]
    [InlineData("0 08-10 * * ?", "2026-01-01 08:00:00", "2026-01-01 09:00:00")]
    [InlineData("1,,2 * * * *", "2026-01-01 00:01:00", "2026-01-01 00:02:00")]
    // Months and weekdays by name.
    [InlineData("0 0 1 FEB,august *", "2026-02-01 00:00:00", "2026-08-01 00:00:00")]
    [InlineData("0 0 * * Monday", "2026-01-01 00:00:00", "2026-01-05 00:00:00")]
    [InlineData("0 0 * * mon-wed", "2026-01-01 00:00:00", "2026-01-05 00:00:00")]
    [InlineData("0 0 * * 7", "2026-01-01 00:00:00", "2026-01-04 00:00:00")]
    [InlineData("0 0 * * 5-7", "2026-01-03 00:00:00", "2026-01-04 00:00:00")]
    [InlineData("0 0 * * fri-sun", "2026-01-04 00:00:00", "2026-01-09 00:00:00")]
    [InlineData("0 0 * * 7-1", "2026-01-04 00:00:00", "2026-01-05 00:00:00")]
    [InlineData("0 0 * * 0-0", "2026-01-01 00:00:00", "2026-01-04 00:00:00")]
    [InlineData("0 0 * * sun-sun", "2026-01-01 00:00:00", "2026-01-04 00:00:00")]
    [InlineData("0 0 * * 5-7/2", "2026-01-02 00:00:00", "2026-01-04 00:00:00")]
    [InlineData("0 0 * * 7/2", "2026-01-01 00:00:00", "2026-01-03 00:00:00")]
    // Either of both days, where both are restricted.
    [InlineData("0 0 13 * fri", "2026-01-02 00:00:00", "2026-01-09 00:00:00")]
    [InlineData("0 0 13 * fri", "2026-01-09 00:00:00", "2026-01-13 00:00:00")]
    // L, W and #.
    [InlineData("0 0 L * *", "2028-02-01 00:00:00", "2028-02-29 00:00:00")]
    [InlineData("0 0 LW * *", "2026-01-31 00:00:00", "2026-02-27 00:00:00")]
    [InlineData("0 0 15W * *", "2026-02-01 00:00:00", "2026-02-16 00:00:00")]
    [InlineData("0 0 1w * *", "2026-07-15 00:00:00", "2026-08-03 00:00:00")]
    [InlineData("0 0 31W * *", "2026-04-01 00:00:00", "2026-05-29 00:00:00")]
    [InlineData("0 0 * * 5L", "2026-01-01 00:00:00", "2026-01-30 00:00:00")]
    [InlineData("0 0 * * friL", "2026-01-30 00:00:00", "2026-02-27 00:00:00")]
    [InlineData("0 0 * * 5#3", "2026-01-01 00:00:00", "2026-01-16 00:00:00")]
    [InlineData("0 0 * * 6#5", "2026-02-01 00:00:00", "2026-05-30 00:00:00")]
    [InlineData("0 0 * * 7#1", "2026-01-05 00:00:00", "2026-02-01 00:00:00")]
    // Far ones.
    [InlineData("0 0 29 2 *", "2024-02-29 00:00:00", "2028-02-29 00:00:00")]
    [InlineData("0 0 * 2 1#5", "2026-01-01 00:00:00", "2044-02-29 00:00:00")]
    [InlineData("0 0 1 1 *", "1900-05-01 00:00:00", "1970-01-01 00:00:00")]
    public void Next_OfEachForm_IsTheFirstThatMatches(string text, string after, string next) =>
        Assert.Equal(At(next), Parse(text).Next(At(after), TimeZoneInfo.Utc));

    [Theory]
    [InlineData("0 0 31 2 *")]
    [InlineData("0 0 30W 2 *")]
    [InlineData("0 0 * * * 2020-2025")]
    [InlineData("0 0 29 2 * 2026")]
    public void Next_OfWhatNeverComes_IsNull(string text) =>
        Assert.Null(Parse(text).Next(At("2026-01-01 00:00:00"), TimeZoneInfo.Utc));

    [Fact]
    public void Next_AtTheEndOfTheLastYear_IsNull()
    {
        Assert.Null(Parse("* * * * *").Next(At("2099-12-31 23:59:00"), TimeZoneInfo.Utc));
        Assert.Null(Parse("* * * * *").Next(DateTimeOffset.MaxValue, TimeZoneInfo.Utc));
        Assert.NotNull(Parse("* * * * *").Next(DateTimeOffset.MinValue, TimeZoneInfo.Utc));
    }

    [Fact]
    public void Next_WithinASecond_IsAtTheNextWholeOne() =>
        Assert.Equal(At("2026-01-01 00:00:01"), Parse("* * * * * * *").Next(At("2026-01-01 00:00:00").AddTicks(9_999_999), TimeZoneInfo.Utc));

    [Theory]
    [InlineData("", "5 fields", "has 0")]
    [InlineData("* * * *", "5 fields", "has 4")]
    [InlineData("* * * * * * * *", "5 fields", "has 8")]
    [InlineData("@reboot", "@reboot", "@hourly")]
    [InlineData("60 * * * *", "minute", "'60'", "0-59")]
    [InlineData("61 * * * * * *", "second", "'61'", "0-59")]
    [InlineData("* 24 * * *", "hour", "'24'", "0-23")]
    [InlineData("* * 0 * *", "day-of-month", "'0'", "1-31")]
    [InlineData("* * 32W * *", "day-of-month", "'32w'")]
    [InlineData("* * * 13 *", "month", "'13'", "jan-dec")]
    [InlineData("* * * janu *", "month", "'janu'")]
    [InlineData("* * * * 8", "day-of-week", "'8'", "sun-sat")]
    [InlineData("* * * * L", "day-of-week", "'l'")]
    [InlineData("* * * * 5#6", "day-of-week", "'5#6'")]
    [InlineData("* * * * * 1969", "year", "'1969'", "1970-2099")]
    [InlineData("*/0 * * * *", "minute", "step", "between 1 and 59")]
    [InlineData("* */24 * * *", "hour", "step", "between 1 and 23")]
    [InlineData("* 1/99999999999 * * *", "hour", "step")]
    [InlineData("* 22-2 * * *", "hour", "'22-2'", "backwards")]
    [InlineData("* * * * sat-mon", "day-of-week", "'sat-mon'", "backwards")]
    [InlineData(", * * * *", "minute", "empty")]
    [InlineData("-1 * * * *", "minute", "'-1'")]
    [InlineData("1- * * * *", "minute", "'1-'")]
    [InlineData("+1 * * * *", "minute", "'+1'")]
    [InlineData("٣ * * * *", "minute", "'٣'")]
    [InlineData("* L * * *", "hour", "'l'")]
    public void TryParse_OfWhatCannotBeRead_NamesTheFieldAndWhatCame(string text, params string[] words)
    {
        Assert.False(CronExpression.TryParse(text, out var cron, out var error));
        Assert.Null(cron);
        Assert.All(words, word => Assert.Contains(word, error, StringComparison.Ordinal));
    }

    [Fact]
    public void TryParse_OfAVeryLongText_IsRefusedUnread()
    {
        Assert.False(CronExpression.TryParse(new string('1', 5000), out _, out var error));
        Assert.Contains("1024 characters", error, StringComparison.Ordinal);
    }

    private static CronExpression Parse(string text)
    {
        Assert.True(CronExpression.TryParse(text, out var cron, out var error), error);
        Assert.Equal(text, cron.Text);
        return cron;
    }

    private static DateTimeOffset At(string text) =>
        new(DateTime.ParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), TimeSpan.Zero);
}
