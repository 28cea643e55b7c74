using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Simulation.Invariants;

/// <summary>Each time that a clock on the wall shows has its launch, once, also when clocks are changed; unless the one before still runs.</summary>
internal sealed class PeriodicChecks(World world)
{
    private readonly Dictionary<(string Project, string Job), DateTimeOffset> _checkedUntil = [];
    private readonly HashSet<(string Project, string Child, long Parent)> _launched = [];

    public int Launched => _launched.Count;

    public void Check(Changes changes)
    {
        var now = world.Clock.GetUtcNow();
        foreach (var (key, before) in changes.Jobs)
        {
            if (world.Mirror.Jobs.GetValueOrDefault(key) is { Job: { ParentID: not null, Dispatched: not true } } child && before?.CreateIndex != child.CreateIndex)
            {
                CheckChild(child);
            }
        }

        foreach (var (key, parent) in world.Mirror.Jobs.Where(static entry => entry.Value.Job.Periodic is not null))
        {
            var since = _checkedUntil.GetValueOrDefault(key, now);
            _checkedUntil[key] = now;
            if (changes.Jobs.ContainsKey(key) || !world.Post.IsHeard(InboxKinds.Job, key.Project, key.Job)
                || parent is { Purge: true } || parent.Job.Stop is true || parent.Job.Periodic!.Enabled is false)
            {
                continue;
            }

            for (var minute = NextMinute(since); minute <= now; minute = minute.AddMinutes(1))
            {
                if (minute > parent.SubmittedAt && WallClock.IsDue(parent.Job.Periodic.Spec!, parent.Job.Periodic.TimeZone!, minute))
                {
                    CheckLaunched(parent, minute);
                }
            }
        }
    }

    private void CheckChild(JobRecord child)
    {
        var parent = world.Mirror.Jobs.GetValueOrDefault((child.ProjectId, child.Job.ParentID!));
        if (parent is null)
        {
            return;
        }

        var at = DateTimeOffset.FromUnixTimeSeconds(long.Parse(child.Job.ID![(child.Job.ID!.LastIndexOf('-') + 1)..]));
        Checks.Holds(_launched.Add((child.ProjectId, child.Job.ID!, parent.CreateIndex)), () => $"{child.Job.ID} was launched twice");
        if (parent.Job.Periodic is { } periodic && world.Post.IsHeard(InboxKinds.Job, parent.ProjectId, parent.Job.ID!))
        {
            Checks.Holds(WallClock.IsDue(periodic.Spec!, periodic.TimeZone!, at) && at <= world.Clock.GetUtcNow(), () => $"{child.Job.ID} was launched for {at:u}, which is not its time");
            Checks.Holds(periodic.ProhibitOverlap is not true || !OtherChildren(parent, child.Job.ID!).Any(other => world.Mirror.Live.Any(
                    entry => entry.Allocation.ProjectId == other.ProjectId && entry.Allocation.JobId == other.Job.ID)),
                () => $"{child.Job.ID} was launched while another runs");
        }
    }

    private void CheckLaunched(JobRecord parent, DateTimeOffset at)
    {
        var id = ChildJobs.PeriodicId(parent.Job.ID!, at);
        if (_launched.Contains((parent.ProjectId, id, parent.CreateIndex)))
        {
            return;
        }

        Checks.Holds(parent.Job.Periodic!.ProhibitOverlap is true && OtherChildren(parent, id).Any(HasSomethingToDo), () => $"{id} was not launched at {at:u}");
    }

    private IEnumerable<JobRecord> OtherChildren(JobRecord parent, string id) => world.Mirror.Jobs.Values.Where(
        other => other.ProjectId == parent.ProjectId && other.Job.ParentID == parent.Job.ID && other.Job.ID != id);

    private bool HasSomethingToDo(JobRecord child) =>
        world.Mirror.Assigned.Values.Any(entry => entry.Allocation.ProjectId == child.ProjectId && entry.Allocation.JobId == child.Job.ID)
        || world.Mirror.RecordsOf(child.ProjectId, child.Job.ID!).Any(record => record.ModifiedAt > world.Clock.GetUtcNow() - TimeSpan.FromMinutes(11))
        || world.Mirror.Evaluations.Values.Any(evaluation => evaluation.ProjectId == child.ProjectId && evaluation.JobId == child.Job.ID
            && (evaluation.Status is EvaluationStatus.Blocked or EvaluationStatus.Pending || evaluation.WaitUntil > world.Clock.GetUtcNow()))
        || !world.Post.IsHeard(InboxKinds.Job, child.ProjectId, child.Job.ID!);

    private static DateTimeOffset NextMinute(DateTimeOffset after) =>
        new(((after.UtcTicks / TimeSpan.TicksPerMinute) + 1) * TimeSpan.TicksPerMinute, TimeSpan.Zero);
}
