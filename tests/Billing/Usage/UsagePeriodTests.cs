using System.Globalization;
using Saas.Billing.Usage;

namespace Saas.Billing.Tests.Usage;

public sealed class UsagePeriodTests
{
    [Theory]
    // Nothing asked for: the month so far, the present hour included.
    [InlineData(null, null, "2026-11-21T07:20:00Z", "2026-11-01T00:00:00Z", "2026-11-21T08:00:00Z")]
    [InlineData(null, null, "2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z", "2026-11-01T01:00:00Z")]
    [InlineData(null, null, "2026-10-31T23:59:59Z", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z")]
    // Every hour touched is whole.
    [InlineData("2026-11-20T06:59:59Z", "2026-11-20T07:00:01Z", "2026-11-21T07:20:00Z", "2026-11-20T06:00:00Z", "2026-11-20T08:00:00Z")]
    [InlineData("2026-11-20T06:00:00Z", "2026-11-20T07:00:00Z", "2026-11-21T07:20:00Z", "2026-11-20T06:00:00Z", "2026-11-20T07:00:00Z")]
    [InlineData("2026-11-20T05:30:00+05:30", "2026-11-20T02:00:00+01:00", "2026-11-21T07:20:00Z", "2026-11-20T00:00:00Z", "2026-11-20T01:00:00Z")]
    // One end given.
    [InlineData("2026-11-20", null, "2026-11-21T07:20:00Z", "2026-11-20T00:00:00Z", "2026-11-21T08:00:00Z")]
    [InlineData(null, "2026-10-01", "2026-11-21T07:20:00Z", "2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z")]
    public void Around_TouchesWholeHours(string? from, string? to, string now, string begin, string end)
    {
        var period = UsagePeriod.Around(Read(from), Read(to), Read(now)!.Value);

        Assert.Equal(begin, Show(period.From));
        Assert.Equal(end, Show(period.To));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("21.11.2026")]
    [InlineData("2026-13-01")]
    [InlineData("2026-11-21T07:00:00 00:00")]
    [InlineData("0001-01-01")]
    [InlineData("9999-12-31T23:59:59Z")]
    public void TryParse_WhatIsNoInstant_IsRefused(string text) => Assert.False(UsagePeriod.TryParse(text, out _));

    private static DateTimeOffset? Read(string? text)
    {
        if (text is null)
        {
            return null;
        }

        Assert.True(UsagePeriod.TryParse(text, out var instant), text);
        return instant;
    }

    private static string Show(DateTimeOffset at) =>
        at.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + (at.Offset == TimeSpan.Zero ? "Z" : "?");
}
