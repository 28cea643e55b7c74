using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Reconcile;

/// <summary>
/// Compares what a job asks for with the allocations it has. Every allocation has a name, <c>group[index]</c>; a group
/// of count n owns the names 0 to n-1, and each name is filled by at most one allocation that is meant to run. So the
/// count cannot be exceeded, whatever was planned, lost or repeated before.
/// </summary>
/// <param name="staysOn">
/// Whether an allocation may get the group of the job's present version where it is: the node satisfies its constraints and
/// has room for what it has grown by. Asked once, and only of an allocation that stays if it may.
/// </param>
public sealed class JobReconciler(NodeTable nodes, DateTimeOffset now, Func<GroupSpec, AllocationState, bool> staysOn)
{
    public ReconcileResult Reconcile(JobSpec? job, IReadOnlyList<AllocationState> allocations)
    {
        var result = new ReconcileResult();
        var byId = new Dictionary<string, AllocationState>(allocations.Count);
        foreach (var allocation in allocations)
        {
            byId[allocation.Id] = allocation;
        }

        var unwanted = job is null ? Reasons.JobRemoved : job.Stopped ? Reasons.JobStopped : null;
        if (unwanted is not null)
        {
            foreach (var allocation in allocations)
            {
                Dismiss(result, allocation, unwanted);
            }

            return result;
        }

        var slots = new SlotTable(job!.Groups);
        foreach (var allocation in allocations)
        {
            if (slots.TryAdd(allocation) is { } reason)
            {
                Dismiss(result, allocation, reason);
            }
        }

        foreach (var (group, index, slot) in slots.All)
        {
            ReconcileSlot(result, job, group, index, slot, byId);
        }

        return result;
    }

    private void ReconcileSlot(
        ReconcileResult result, JobSpec job, GroupSpec group, int index, Slot slot,
        IReadOnlyDictionary<string, AllocationState> byId)
    {
        AllocationState? live = null;
        foreach (var allocation in slot.BestFirst(job.Version))
        {
            if (!allocation.IsLive)
            {
                Dismiss(result, allocation, "");
            }
            else if (nodes.IsGone(allocation.NodeId))
            {
                result.Lost.Add(new AllocationItem(allocation, Reasons.NodeGone));
            }
            else if (live is null)
            {
                live = allocation;
            }
            else
            {
                result.Stop.Add(new AllocationItem(allocation, Reasons.Duplicate));
            }
        }

        if (live is not null)
        {
            BringUpToDate(result, job, group, live);
        }
        else
        {
            Refill(result, job, group, index, slot.Latest(), byId);
        }
    }

    /// <summary>Takes an allocation that no name asks for out of the way, whatever state it is in.</summary>
    private void Dismiss(ReconcileResult result, AllocationState allocation, string reason)
    {
        if (!allocation.Assigned)
        {
            result.Ignore.Add(new AllocationItem(allocation, Reasons.History));
        }
        else if (allocation.IsTerminal)
        {
            result.Drop.Add(new AllocationItem(allocation, Reasons.Ended));
        }
        else if (nodes.IsGone(allocation.NodeId))
        {
            result.Lost.Add(new AllocationItem(allocation, Reasons.NodeGone));
        }
        else if (allocation.Stopping)
        {
            result.Ignore.Add(new AllocationItem(allocation, Reasons.Stopping));
        }
        else
        {
            result.Stop.Add(new AllocationItem(allocation, reason));
        }
    }

    private void BringUpToDate(ReconcileResult result, JobSpec job, GroupSpec group, AllocationState live)
    {
        if (live.JobVersion == job.Version)
        {
            result.Ignore.Add(new AllocationItem(live, Reasons.UpToDate));
            return;
        }

        var same = live.Definition == group.Definition;
        if (same && staysOn(group, live))
        {
            result.InPlace.Add(new AllocationItem(live, Reasons.NewVersion));
            return;
        }

        var reason = same ? Reasons.NodeUnsuitable : Reasons.NewVersion;
        result.Stop.Add(new AllocationItem(live, reason));
        result.Place.Add(new PlaceItem(group, live.Index, live, null, reason));
    }

    /// <summary>Nothing fills the name. <paramref name="latest"/> is what filled it last.</summary>
    private void Refill(
        ReconcileResult result, JobSpec job, GroupSpec group, int index, AllocationState? latest,
        IReadOnlyDictionary<string, AllocationState> byId)
    {
        // What an older version did, or what was told to stop, says nothing about this one.
        if (latest is null || latest.JobVersion != job.Version || latest.Stopping)
        {
            result.Place.Add(new PlaceItem(group, index, latest, null, Reasons.Missing));
        }
        else if (latest.Run is not (RunState.Complete or RunState.Failed))
        {
            result.Place.Add(new PlaceItem(group, index, latest, null, Reasons.Replaced));
        }
        else if (latest.Run == RunState.Failed || job.Kind == JobKind.Service)
        {
            // A service is not meant to end, so one that completed waits like one that failed: no tight loop.
            Reschedule(result, group, index, latest, byId);
        }
    }

    private void Reschedule(
        ReconcileResult result, GroupSpec group, int index, AllocationState ended,
        IReadOnlyDictionary<string, AllocationState> byId)
    {
        var decision = RescheduleDecision.Of(ended, group.Reschedule, byId);
        if (decision.At > now)
        {
            result.FollowUp.Add(new FollowUpItem(ended, decision.At.Value, Reasons.WaitsForDelay));
        }
        else if (decision.At is not null)
        {
            var reason = ended.Run == RunState.Failed ? Reasons.Rescheduled : Reasons.Restarted;
            result.Place.Add(new PlaceItem(group, index, ended, decision.PenaltyNodes, reason));
        }
        else
        {
            result.GivenUp.Add(new AllocationItem(ended, Reasons.AttemptsUsedUp));
        }
    }
}
