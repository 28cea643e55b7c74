using System.Runtime.InteropServices;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Selection;

/// <summary>
/// Tells where the nodes fell out. What is free to tell is told of every group; what every node would have to be asked
/// for, only where something found no node.
/// </summary>
internal static class GroupMetrics
{
    private const string DistinctHosts = "distinct_hosts";

    public static PlacementMetrics Of(Cluster cluster, CandidateIndexes.Entry entry, GroupSelector selector, int missing)
    {
        var counts = entry.Counts.Now;
        var metrics = new PlacementMetrics
        {
            Missing = missing,
            NodesEvaluated = counts.Evaluated,
            NodesFiltered = counts.Filtered,
            NodesExhausted = 0,
            NodesInPool = counts.InPool,
            NodesAvailable = counts.Available,
            ConstraintFiltered = counts.ByConstraint,
            ClassFiltered = counts.ByClass,
            ClassExhausted = EmptyCounts,
            DimensionExhausted = EmptyCounts,
            QuotaExhausted = selector.QuotaExhausted is { } exhausted ? [exhausted] : [],
            Scores = selector.Scores,
        };
        return missing > 0 ? WithExhausted(cluster, entry.Shape, selector, metrics) : metrics;
    }

    private static readonly Dictionary<string, int> EmptyCounts = [];

    private static PlacementMetrics WithExhausted(Cluster cluster, PlacementShape shape, GroupSelector selector, PlacementMetrics metrics)
    {
        var byConstraint = new Dictionary<string, int>(metrics.ConstraintFiltered);
        var byClass = new Dictionary<string, int>(metrics.ClassFiltered);
        var byDimension = new Dictionary<string, int>();
        var exhaustedByClass = new Dictionary<string, int>();
        var (filtered, exhausted) = (metrics.NodesFiltered, 0);
        foreach (var slot in cluster.Nodes.InTieOrder())
        {
            if (!cluster.Nodes.Open[slot] || !shape.Feasibility.Suits(slot))
            {
                continue;
            }

            var nodeClass = cluster.Nodes.SpecOf(slot)!.Class;
            if (RejectNeighbours(cluster, shape, selector, slot) is { } reason)
            {
                filtered++;
                Count(byConstraint, reason);
                Count(byClass, nodeClass);
            }
            else if (LacksOf(cluster, shape, slot) is var dimension and not ResourceDimension.None)
            {
                exhausted++;
                Count(byDimension, dimension.Name());
                Count(exhaustedByClass, nodeClass);
            }
        }

        return metrics with
        {
            NodesFiltered = filtered,
            NodesExhausted = exhausted,
            ConstraintFiltered = byConstraint,
            ClassFiltered = byClass,
            ClassExhausted = exhaustedByClass,
            DimensionExhausted = byDimension,
        };
    }

    private static string? RejectNeighbours(Cluster cluster, PlacementShape shape, GroupSelector selector, int slot)
    {
        if (selector.HasDistinctNeighbour(slot))
        {
            return DistinctHosts;
        }

        return shape.Properties.Count > 0 ? selector.UsedUp(PartitionKey.Of(cluster, shape, slot))?.Constraint.ToString() : null;
    }

    private static ResourceDimension LacksOf(Cluster cluster, PlacementShape shape, int slot) =>
        cluster.Usage.Lacks(slot, shape.Ask) is var dimension and not ResourceDimension.None
            ? dimension
            : cluster.Grants.Lacks(slot, shape.Ask);

    private static void Count(Dictionary<string, int> counts, string key)
    {
        if (key.Length > 0)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _)++;
        }
    }
}
