using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Reconcile;

/// <summary>Who has a name, after those that are not to have it were put into their buckets.</summary>
/// <param name="Holder">Runs under it, on a node that is heard of. It is in no bucket yet.</param>
/// <param name="Unknown">Has it while its node is silent; in its bucket already.</param>
/// <param name="Completed">It was run once and is done.</param>
internal readonly record struct Occupancy(AllocationState? Holder, AllocationState? Unknown, bool Completed)
{
    public bool IsVacant(GroupSpec group) =>
        Holder is null && !Completed && (Unknown is null || Outage.IsReplaced(group));

    public static Occupancy Settle(JobLook look, GroupSpec group, in Slot slot)
    {
        AllocationState? holder = null;
        AllocationState? unknown = null;
        var version = look.Job.Version;
        var completed = look.Job.RunsOnce && slot.HasCompleted(version);
        for (var i = 0; i < slot.Count; i++)
        {
            var allocation = slot[i];
            if (!allocation.IsLive)
            {
                look.Dismiss(allocation, Reasons.Ended);
                continue;
            }

            var outage = Outage.Of(allocation, group, look.NodeOf(allocation), look.Now);
            look.WakeAt(outage.Until);
            switch (outage.Presence)
            {
                case Presence.Lost:
                    look.Result.Lost.Add(new AllocationItem(allocation, Reasons.NodeGone));
                    break;
                case Presence.Disconnecting:
                    look.Result.Disconnect.Add(new AllocationItem(allocation, Reasons.NodeSilent));
                    unknown = allocation;
                    break;
                case Presence.Unknown:
                    look.Result.Ignore.Add(new AllocationItem(allocation, Reasons.NodeSilent));
                    unknown = allocation;
                    break;
                case Presence.Here when completed:
                    look.Result.Stop.Add(new AllocationItem(allocation, Reasons.CompletedElsewhere));
                    break;
                case Presence.Here:
                    holder = holder is null ? allocation : KeepBest(look, group, holder, allocation);
                    break;
                default:
                    throw new InvalidOperationException($"{outage.Presence} is no presence");
            }
        }

        return new Occupancy(holder, unknown, completed);
    }

    private static AllocationState KeepBest(JobLook look, GroupSpec group, AllocationState one, AllocationState other)
    {
        var best = Duplicates.Best(one, other, group, look.Job.Version);
        var goes = ReferenceEquals(best, one) ? other : one;
        var reason = Duplicates.ReasonToStop(goes, best, group, look.Job.Version);
        look.Result.Stop.Add(new AllocationItem(goes, reason));
        return best;
    }
}
