namespace Saas.Cluster.Tests.Periodic;

/// <summary>Launches by looking at the clock every minute: slow, and plainly the rules of <c>CronExpression</c>.</summary>
internal static class CronOracle
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <param name="after">A whole minute of UTC.</param>
    public static IEnumerable<DateTime> Launches(CronCase cron, TimeZoneInfo zone, DateTime after, DateTime until)
    {
        // Two days earlier, to know which local times the clock has shown.
        var start = after.AddDays(-2);
        var clock = Clock(zone, start);
        var newest = clock;
        for (var now = start; now <= until; now += Minute)
        {
            var local = Clock(zone, now);
            var due = cron.Matches(local) && (cron.IsInterval || local > newest || now == start);
            for (var skipped = clock + Minute; skipped < local; skipped += Minute)
            {
                due |= cron.Matches(skipped)
                    && (!cron.RunsInEveryHour || (skipped.Hour == local.Hour && skipped.Date == local.Date));
            }

            if (due && now > after)
            {
                yield return now;
            }

            clock = local;
            newest = local > newest ? local : newest;
        }
    }

    private static DateTime Clock(TimeZoneInfo zone, DateTime utc) =>
        utc + zone.GetUtcOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
}
