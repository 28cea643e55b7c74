using Saas.Scheduler.Core.Reconcile;

namespace Saas.Scheduler.Core.Model;

/// <summary>What should change, for the Host to commit. Applying it and planning again gives an empty plan.</summary>
public sealed record Plan(IReadOnlyList<EvaluationPlan> Evaluations)
{
    public bool IsEmpty => Evaluations.All(static evaluation => evaluation.IsEmpty);
}

/// <summary>What becomes of one evaluation.</summary>
/// <param name="Placed">New allocations, in the order they were placed.</param>
/// <param name="Blocked">By group: why not all of it could be placed. Empty where it could.</param>
public sealed record EvaluationPlan(
    string EvaluationId,
    string JobKey,
    ReconcileResult Reconciled,
    IReadOnlyList<Placement> Placed,
    IReadOnlyDictionary<string, PlacementMetrics> Blocked)
{
    /// <summary>Nothing to write. It may still be blocked, or have something to follow up.</summary>
    public bool IsEmpty => Placed.Count == 0 && !Reconciled.ChangesDocuments;

    /// <summary>When the job must be looked at again although nothing happened; null: never.</summary>
    public DateTimeOffset? FollowUpAt => Reconciled.FollowUp.Count == 0 ? null : Reconciled.FollowUp.Min(static item => item.At);
}

/// <summary>A new allocation on a node. Its id is given by who commits it.</summary>
/// <param name="Score">The score the node was chosen by; see <see cref="Ranking.NodeScore"/>.</param>
public readonly record struct Placement(PlaceItem Item, string NodeId, double Score);

/// <summary>Where the nodes fell out for one group; names are those of Nomad's AllocMetric.</summary>
public sealed record PlacementMetrics
{
    /// <summary>How many allocations of the group found no node.</summary>
    public required int Missing { get; init; }

    /// <summary>Ready nodes in the job's datacenters.</summary>
    public required int NodesEvaluated { get; init; }

    /// <summary>Of those, nodes that do not suit the group at all.</summary>
    public required int NodesFiltered { get; init; }

    /// <summary>Of those, nodes that would suit and have no room.</summary>
    public required int NodesExhausted { get; init; }

    /// <summary>Ready nodes by datacenter, whether the job may use it or not.</summary>
    public required IReadOnlyDictionary<string, int> NodesAvailable { get; init; }

    /// <summary>Filtered nodes by what filtered them: a constraint as written, or a missing driver.</summary>
    public required IReadOnlyDictionary<string, int> ConstraintFiltered { get; init; }

    /// <summary>Filtered nodes by their (operator's) class; nodes without one are left out.</summary>
    public required IReadOnlyDictionary<string, int> ClassFiltered { get; init; }

    /// <summary>Exhausted nodes by the first resource they lack; see <see cref="ResourceDimensions"/>.</summary>
    public required IReadOnlyDictionary<string, int> DimensionExhausted { get; init; }
}
