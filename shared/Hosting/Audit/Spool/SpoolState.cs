namespace Saas.Hosting.Audit.Spool;

/// <summary>How a spool's shipping goes.</summary>
/// <param name="FailingTenants">Whose last write failed.</param>
/// <param name="FailingSince">The longest of them.</param>
/// <param name="OldestAt">When the oldest record happened that is not in its log.</param>
internal sealed record SpoolState(int FailingTenants, DateTimeOffset? FailingSince, DateTimeOffset? OldestAt)
{
    public static readonly SpoolState Idle = new(0, null, null);

    public static SpoolState Of(IReadOnlyCollection<SpoolLane> lanes) => lanes.Count == 0
        ? Idle
        : new SpoolState(
            lanes.Count(lane => lane.FailingSince is not null),
            lanes.Min(lane => lane.FailingSince),
            lanes.Min(lane => lane.OldestAt));

    public static SpoolState operator +(SpoolState a, SpoolState b) => new(
        a.FailingTenants + b.FailingTenants, Earlier(a.FailingSince, b.FailingSince), Earlier(a.OldestAt, b.OldestAt));

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b : a;
}
