using Saas.Cluster;
using Saas.Cluster.Trials;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using Saas.Scheduler.Host.Evaluations;

namespace Saas.Scheduler.Host.Trials;

/// <summary>A plan in the words in which Nomad tells of one.</summary>
internal static class TrialResults
{
    public static PlanTrialResult Of(JobSpec job, EvaluationPlan plan)
    {
        var result = plan.Reconciled;
        var counts = new Dictionary<string, PlannedUpdates>(StringComparer.Ordinal);
        foreach (var group in job.Groups)
        {
            counts[group.Name] = new PlannedUpdates();
        }

        var replaced = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in result.Place)
        {
            if (item.Previous is { } previous && item.Reason is (Reasons.NodeDrained or Reasons.NewVersion or Reasons.NodeUnsuitable))
            {
                replaced.Add(previous.Id);
            }

            Count(item.Group.Name, updates => Placed(item, updates));
        }

        // What is stopped for another to take its place is told by that one.
        Each(result.Stop.Where(item => !replaced.Contains(item.Allocation.Id)), static updates => updates with { Stop = updates.Stop + 1 });
        Each(result.Lost, static updates => updates with { Stop = updates.Stop + 1 });
        Each(result.InPlace, static updates => updates with { InPlaceUpdate = updates.InPlaceUpdate + 1 });
        Each(result.Disconnect, static updates => updates with { Disconnect = updates.Disconnect + 1 });
        Each(result.Ignore.Where(static item => item.Allocation.IsLive), static updates => updates with { Ignore = updates.Ignore + 1 });
        foreach (var item in result.FollowUp)
        {
            Count(item.Allocation.Group, static updates => updates with { RescheduleLater = updates.RescheduleLater + 1 });
        }

        foreach (var preemption in plan.Preempted)
        {
            Count(plan.Placed[preemption.ForIndex].Item.Group.Name, static updates => updates with { Preemptions = updates.Preemptions + 1 });
        }

        return new PlanTrialResult
        {
            Groups = counts,
            FailedPlacements = plan.Blocked.ToDictionary(static pair => pair.Key, static pair => EvaluationLedger.ToStored(pair.Value)),
            Preempted = [.. plan.Preempted.Select(static preemption => preemption.Victim.Id)],
        };

        void Each(IEnumerable<AllocationItem> items, Func<PlannedUpdates, PlannedUpdates> add)
        {
            foreach (var item in items)
            {
                Count(item.Allocation.Group, add);
            }
        }

        void Count(string group, Func<PlannedUpdates, PlannedUpdates> add) => counts[group] = add(counts.GetValueOrDefault(group) ?? new PlannedUpdates());
    }

    private static PlannedUpdates Placed(PlaceItem item, PlannedUpdates updates) => item switch
    {
        { Canary: true } => updates with { Canary = updates.Canary + 1 },
        { Reason: Reasons.NodeDrained } => updates with { Migrate = updates.Migrate + 1 },
        { Previous: not null, Reason: Reasons.NewVersion or Reasons.NodeUnsuitable } => updates with { DestructiveUpdate = updates.DestructiveUpdate + 1 },
        { Reason: Reasons.Rescheduled } => updates with { Place = updates.Place + 1, RescheduleNow = updates.RescheduleNow + 1 },
        _ => updates with { Place = updates.Place + 1 },
    };
}
