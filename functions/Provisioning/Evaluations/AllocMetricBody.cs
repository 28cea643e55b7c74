using Saas.Cluster;

namespace Saas.Provisioning.Evaluations;

/// <summary>Nomad's AllocMetric: where the nodes fell out, and what those chosen scored. Null where Nomad says null: nothing was counted.</summary>
internal sealed record AllocMetricBody
{
    /// <summary>In the job's datacenters and pools.</summary>
    public required int NodesEvaluated { get; init; }

    /// <summary>Of those, nodes that do not suit.</summary>
    public required int NodesFiltered { get; init; }

    public required int NodesInPool { get; init; }

    /// <summary>By datacenter.</summary>
    public required IReadOnlyDictionary<string, int>? NodesAvailable { get; init; }

    /// <summary>Filtered nodes by class; those without one are in none.</summary>
    public required IReadOnlyDictionary<string, int>? ClassFiltered { get; init; }

    /// <summary>Filtered nodes by the constraint as written, or by what they lack.</summary>
    public required IReadOnlyDictionary<string, int>? ConstraintFiltered { get; init; }

    /// <summary>Nodes that suit and have no room.</summary>
    public required int NodesExhausted { get; init; }

    public required IReadOnlyDictionary<string, int>? ClassExhausted { get; init; }

    /// <summary>Exhausted nodes by the first resource they lack.</summary>
    public required IReadOnlyDictionary<string, int>? DimensionExhausted { get; init; }

    /// <summary>What the project's quota has too little left of.</summary>
    public required IReadOnlyList<string>? QuotaExhausted { get; init; }

    public required IReadOnlyList<NodeScoreBody>? ScoreMetaData { get; init; }

    /// <summary>Nanoseconds. Not measured: a plan is made for many at once.</summary>
    public long AllocationTime { get; init; }

    /// <summary>Allocations that found no node, but for the first.</summary>
    public required int CoalescedFailures { get; init; }

    /// <summary>Nothing was counted, or nothing is known of it any more.</summary>
    public static AllocMetricBody Nothing { get; } = Of(new PlacementFailure { Missing = 0, NodesEvaluated = 0, NodesFiltered = 0, NodesExhausted = 0 });

    public static AllocMetricBody Of(PlacementFailure metrics) => new()
    {
        NodesEvaluated = metrics.NodesEvaluated,
        NodesFiltered = metrics.NodesFiltered,
        NodesInPool = metrics.NodesInPool,
        NodesAvailable = metrics.NodesAvailable,
        ClassFiltered = NullIfEmpty(metrics.ClassFiltered),
        ConstraintFiltered = NullIfEmpty(metrics.ConstraintFiltered),
        NodesExhausted = metrics.NodesExhausted,
        ClassExhausted = NullIfEmpty(metrics.ClassExhausted),
        DimensionExhausted = NullIfEmpty(metrics.DimensionExhausted),
        QuotaExhausted = metrics.QuotaExhausted is { Count: > 0 } quota ? quota : null,
        ScoreMetaData = metrics.Scores is { Count: > 0 } scores
            ? [.. scores.Select(static node => new NodeScoreBody(node.NodeId, node.Parts, node.NormScore))]
            : null,
        CoalescedFailures = Math.Max(0, metrics.Missing - 1),
    };

    private static IReadOnlyDictionary<string, int>? NullIfEmpty(IReadOnlyDictionary<string, int>? counts) => counts is { Count: > 0 } ? counts : null;
}

/// <summary>Nomad's NodeScoreMeta.</summary>
/// <param name="Scores">By rule, -1 to 1; empty where only the mean is known.</param>
/// <param name="NormScore">Their mean.</param>
internal sealed record NodeScoreBody(string NodeID, IReadOnlyDictionary<string, double> Scores, double NormScore);
