using Saas.Cluster.Jobs;

namespace Saas.Cluster.Periodic;

/// <summary>
/// How far a periodic job's launches are decided: a row beside the job's, written after each decision. Nomad's
/// PeriodicLaunch. Without one: nothing since the submission.
/// </summary>
public sealed record PeriodicLaunchRecord
{
    public required string ProjectId { get; init; }
    public required string JobId { get; init; }

    /// <summary>The job's version that was decided for. With another, what is due counts from that version's submission.</summary>
    public required long Version { get; init; }

    /// <summary>Launches up to and with this instant were made, or left out on purpose.</summary>
    public required DateTimeOffset DecidedUntil { get; init; }

    /// <summary>The last that was made, and so the id of its child; null: none yet.</summary>
    public DateTimeOffset? LastLaunch { get; init; }
}

/// <summary>What is to be done about a periodic job now.</summary>
/// <param name="Launch">The launch to make, on a whole second: insert <see cref="ChildJobs.Periodic"/> of it, unless it is there. Null: none.</param>
/// <param name="Overlapped">The launch that is left out, because overlap is prohibited and a child still runs. Null: none.</param>
/// <param name="Record">To be written when the child is there. Null: nothing was decided, there is nothing to write.</param>
/// <param name="LookAgainAt">When the next launch is due; null: not by time, only when the job changes.</param>
public readonly record struct LaunchDecision(
    DateTimeOffset? Launch, DateTimeOffset? Overlapped, PeriodicLaunchRecord? Record, DateTimeOffset? LookAgainAt);

/// <summary>
/// Which launch of a periodic job is due. A function of the rows and of now, so that it may be asked at any time and by
/// several: each launch is made once, because its child is named after its time and only one row can have the name.
/// </summary>
public static class PeriodicLaunches
{
    /// <summary>
    /// At most one launch is due. Of several that were missed, as in an outage, the last is made and the others are not,
    /// as in Nomad, whose one late run however is named after the time at which the leader came back: two leaders would make two.
    /// <para>
    /// A launch is left out, not put off, while a child runs and overlap is prohibited. What was missed before a submission that
    /// changed the job is not made: the times may be new, or the job was stopped.
    /// </para>
    /// </summary>
    /// <param name="parent">The periodic job. Stopped, purged or disabled: nothing is due.</param>
    /// <param name="schedule">That of its <see cref="Contracts.Jobs.PeriodicConfig"/>.</param>
    /// <param name="record">As last written.</param>
    /// <param name="now">May be behind what was decided, where clocks differ; then nothing is due.</param>
    /// <param name="childRuns">
    /// Whether a child has, or will have, allocations that are not terminal. The child of the very launch that is due does not
    /// count: if it is there and the record is not, a crash came between, and the launch is to be decided as it was.
    /// </param>
    public static LaunchDecision Decide(
        JobRecord parent, PeriodicSchedule schedule, PeriodicLaunchRecord? record, DateTimeOffset now, bool childRuns)
    {
        if (parent.Job.Periodic is not { } periodic)
        {
            throw new ArgumentException($"Job '{parent.Job.ID}' is not periodic.", nameof(parent));
        }

        if (periodic.Enabled is false || parent.Job.Stop is true || parent.Purge)
        {
            return default;
        }

        var since = DecidedUntil(parent, record);
        if (schedule.Latest(since, now) is not { } due)
        {
            return new LaunchDecision(null, null, null, schedule.Next(since > now ? since : now));
        }

        var overlaps = childRuns && periodic.ProhibitOverlap is true;
        var decided = new PeriodicLaunchRecord
        {
            ProjectId = parent.ProjectId,
            JobId = parent.Job.ID!,
            Version = parent.Version,
            DecidedUntil = due,
            LastLaunch = overlaps ? record?.LastLaunch : due,
        };
        return new LaunchDecision(overlaps ? null : due, overlaps ? due : null, decided, schedule.Next(now));
    }

    private static DateTimeOffset DecidedUntil(JobRecord parent, PeriodicLaunchRecord? record) =>
        record is null || (record.Version != parent.Version && record.DecidedUntil < parent.SubmittedAt)
            ? parent.SubmittedAt
            : record.DecidedUntil;
}
