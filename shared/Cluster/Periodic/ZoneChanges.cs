namespace Saas.Cluster.Periodic;

/// <summary>
/// When a time zone changes its offset from UTC, found by asking for offsets alone: <see cref="TimeZoneInfo"/> does not tell
/// its changes, and of those that are not daylight saving it does not know which local times they repeat. Two changes of
/// one zone are always more than a day apart. Instants are UTC and whole seconds.
/// </summary>
internal static class ZoneChanges
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static TimeSpan OffsetAt(TimeZoneInfo zone, DateTime utc) =>
        zone.GetUtcOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));

    /// <summary>The first instant after this one that has another offset; a day on if there is none before.</summary>
    public static DateTime EndOfOffset(TimeZoneInfo zone, DateTime utc) =>
        OffsetAt(zone, utc) == OffsetAt(zone, utc + Day) ? utc + Day : ChangeBetween(zone, utc, utc + Day);

    /// <summary>
    /// If clocks have shown this instant's local time before, because they were put back since: when they first show one that is new.
    /// Null if the local time is new.
    /// </summary>
    public static DateTime? EndOfRepetition(TimeZoneInfo zone, DateTime utc)
    {
        var offset = OffsetAt(zone, utc);
        var before = OffsetAt(zone, utc - Day);
        if (before <= offset || OffsetAt(zone, utc + offset - before) != before)
        {
            return null;
        }

        return ChangeBetween(zone, utc - Day, utc) + (before - offset);
    }

    /// <summary>The first instant of the new offset, where the offsets at both ends differ.</summary>
    private static DateTime ChangeBetween(TimeZoneInfo zone, DateTime old, DateTime changed)
    {
        var offset = OffsetAt(zone, old);
        while (changed - old > TimeSpan.FromSeconds(1))
        {
            var middle = old.AddSeconds((long)(changed - old).TotalSeconds / 2);
            if (OffsetAt(zone, middle) == offset)
            {
                old = middle;
            }
            else
            {
                changed = middle;
            }
        }

        return changed;
    }
}
