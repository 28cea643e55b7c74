namespace Saas.Scheduler.Host.Tests.Simulation.Invariants;

/// <summary>Whether a launch is due at a minute, by looking at what the clock on the wall shows then, and showed before.</summary>
internal static class WallClock
{
    /// <param name="spec">Minute and hour: a star, a star with a step, or a list of values; and three stars.</param>
    public static bool IsDue(string spec, string zoneId, DateTimeOffset minute)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var fields = spec.Split(' ');
        var isInterval = fields[1].StartsWith('*');
        var offset = zone.GetUtcOffset(minute);
        var local = minute.UtcDateTime + offset;
        var gap = offset - zone.GetUtcOffset(minute.AddMinutes(-1));
        if (gap > TimeSpan.Zero && !isInterval)
        {
            for (var swallowed = local - gap; swallowed < local; swallowed = swallowed.AddMinutes(1))
            {
                if (Matches(fields, swallowed))
                {
                    return true;
                }
            }
        }

        // The second time that the clock shows it: an hour ago it did, too.
        var isRepeated = zone.GetUtcOffset(minute.AddHours(-1)) == offset + TimeSpan.FromHours(1);
        return Matches(fields, local) && (isInterval || !isRepeated);
    }

    private static bool Matches(string[] fields, DateTime local) => Matches(fields[0], local.Minute) && Matches(fields[1], local.Hour);

    private static bool Matches(string field, int value) => field switch
    {
        "*" => true,
        _ when field.StartsWith("*/", StringComparison.Ordinal) => value % int.Parse(field[2..]) == 0,
        _ => field.Split(',').Select(int.Parse).Contains(value),
    };
}
