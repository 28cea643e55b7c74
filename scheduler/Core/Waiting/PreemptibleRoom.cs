using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Selection;

namespace Saas.Scheduler.Core.Waiting;

/// <summary>Room that others have, and would have to give up to a job of higher priority.</summary>
internal static class PreemptibleRoom
{
    /// <summary>
    /// Whether a node would have room for one of the group if all left it that leave anyway or may be made to. That the
    /// job's type may do so is for the caller to know.
    /// </summary>
    public static bool Suffices(Cluster cluster, JobSpec job, GroupSpec group, string nodeId)
    {
        if (cluster.Nodes.SlotOf(nodeId) is not (>= 0 and var slot) || !cluster.Nodes.Open[slot]
            || !cluster.Indexes.Of(job, group).Shape.Feasibility.Suits(slot))
        {
            return false;
        }

        var (gone, victims) = (new List<AllocationState>(), 0);
        foreach (var allocation in cluster.Nodes.AllocationsOf(slot))
        {
            var isVictim = VictimChoice.MayBeVictim(allocation, job);
            victims += isVictim ? 1 : 0;
            if (isVictim || allocation.IsLeaving)
            {
                gone.Add(allocation);
            }
        }

        if (victims == 0)
        {
            return false;
        }

        var spare = Spare.Of(cluster, slot, gone);
        return cluster.Usage.Lacks(slot, group.Ask, spare.Amounts) == ResourceDimension.None
            && cluster.Grants.LacksWithout(slot, group.Ask, spare.Grants) == ResourceDimension.None;
    }
}
