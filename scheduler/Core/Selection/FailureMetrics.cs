using System.Runtime.InteropServices;
using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Selection;

/// <summary>
/// Tells why a group found no node. Looked up again after the fact rather than counted along the way: most groups are
/// placed, and then nobody asks.
/// </summary>
internal static class FailureMetrics
{
    private const string DistinctHosts = "distinct_hosts";

    public static PlacementMetrics Of(
        NodeTable nodes, NodeUsage usage, GroupFeasibility feasibility, GroupSpec group, JobPresence presence, int missing)
    {
        var available = new Dictionary<string, int>();
        var byConstraint = new Dictionary<string, int>();
        var byClass = new Dictionary<string, int>();
        var byDimension = new Dictionary<string, int>();
        var (evaluated, filtered, exhausted) = (0, 0, 0);
        for (var node = 0; node < nodes.Count; node++)
        {
            if (!nodes.Ready[node])
            {
                continue;
            }

            Count(available, nodes[node].Datacenter);
            if (!feasibility.IsInDatacenters(node))
            {
                continue;
            }

            evaluated++;
            if ((feasibility.Reject(node) ?? RejectNeighbours(feasibility, group, presence, node)) is { } reason)
            {
                filtered++;
                Count(byConstraint, reason);
                if (nodes[node].Class.Length > 0)
                {
                    Count(byClass, nodes[node].Class);
                }
            }
            else if (usage.Lacks(node, group.Ask) is var dimension and not ResourceDimension.None)
            {
                exhausted++;
                Count(byDimension, dimension.Name());
            }
        }

        return new PlacementMetrics
        {
            Missing = missing,
            NodesEvaluated = evaluated,
            NodesFiltered = filtered,
            NodesExhausted = exhausted,
            NodesAvailable = available,
            ConstraintFiltered = byConstraint,
            ClassFiltered = byClass,
            DimensionExhausted = byDimension,
        };
    }

    private static string? RejectNeighbours(
        GroupFeasibility feasibility, GroupSpec group, JobPresence presence, int node) =>
        (feasibility.DistinctForJob && presence.OfJob(node))
        || (feasibility.DistinctForGroup && presence.OfGroup(group.Name, node) > 0)
            ? DistinctHosts
            : null;

    private static void Count(Dictionary<string, int> counts, string key) =>
        CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _)++;
}
