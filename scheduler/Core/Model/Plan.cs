using Saas.Scheduler.Core.Reconcile;

namespace Saas.Scheduler.Core.Model;

/// <summary>What should change, for the Host to commit. Applying it and planning again gives an empty plan.</summary>
public sealed record Plan(IReadOnlyList<EvaluationPlan> Evaluations)
{
    public bool IsEmpty => Evaluations.All(static evaluation => evaluation.IsEmpty);
}

/// <summary>What becomes of one evaluation.</summary>
/// <param name="Placed">New allocations, in the order they were placed.</param>
/// <param name="Preempted">Allocations of other jobs that are to be told to stop, and which of <paramref name="Placed"/> they give way to.</param>
/// <param name="Metrics">By group that something was to be placed of: where the nodes fell out.</param>
public sealed record EvaluationPlan(
    string EvaluationId,
    string JobKey,
    ReconcileResult Reconciled,
    IReadOnlyList<Placement> Placed,
    IReadOnlyList<Preemption> Preempted,
    IReadOnlyDictionary<string, PlacementMetrics> Metrics)
{
    /// <summary>Groups of which something found no node, with the reasons.</summary>
    public IReadOnlyDictionary<string, PlacementMetrics> Blocked =>
        Metrics.Where(static pair => pair.Value.Missing > 0).ToDictionary();

    public bool IsBlocked => Metrics.Any(static pair => pair.Value.Missing > 0);

    /// <summary>What found no node.</summary>
    public IReadOnlyList<PlaceItem> Missing
    {
        get
        {
            if (!IsBlocked)
            {
                return [];
            }

            var placed = new HashSet<PlaceItem>(Placed.Select(static placement => placement.Item), ReferenceEqualityComparer.Instance);
            return [.. Reconciled.Place.Where(item => !placed.Contains(item))];
        }
    }

    /// <summary>Nothing to write. It may still be blocked, or have something to follow up.</summary>
    public bool IsEmpty => Placed.Count + Preempted.Count == 0 && Reconciled is { ChangesDocuments: false, ChangesDeployments: false };

    /// <summary>When the job must be looked at again although nothing happened; null: never.</summary>
    public DateTimeOffset? FollowUpAt => Reconciled.FollowUpAt;
}

/// <summary>A new allocation on a node. Its id is given by who commits it.</summary>
/// <param name="Score">The score the node was chosen by; see <see cref="Ranking.NodeScore"/>.</param>
/// <param name="Grant">Ports and devices; null: it asked for none.</param>
/// <param name="Follows">Allocations of the node that must have ended before it starts; null: none.</param>
public readonly record struct Placement(
    PlaceItem Item, string NodeId, double Score, Grant? Grant, IReadOnlyList<string>? Follows);

/// <param name="ForIndex">Position in <see cref="EvaluationPlan.Placed"/> of the allocation that takes its room.</param>
public readonly record struct Preemption(AllocationState Victim, int ForIndex);

/// <summary>Where the nodes fell out for one group; names are those of Nomad's AllocMetric.</summary>
public sealed record PlacementMetrics
{
    /// <summary>How many allocations of the group found no node.</summary>
    public required int Missing { get; init; }

    /// <summary>Open nodes in the job's datacenters and pools.</summary>
    public required int NodesEvaluated { get; init; }

    /// <summary>Of those, nodes that do not suit the group at all.</summary>
    public required int NodesFiltered { get; init; }

    /// <summary>Of those, nodes that would suit and have no room; counted only where something is missing.</summary>
    public required int NodesExhausted { get; init; }

    /// <summary>Open nodes in the job's pools.</summary>
    public required int NodesInPool { get; init; }

    /// <summary>Open nodes by datacenter, whether the job may use it or not.</summary>
    public required IReadOnlyDictionary<string, int> NodesAvailable { get; init; }

    /// <summary>Filtered nodes by what filtered them: a constraint as written, or a missing driver.</summary>
    public required IReadOnlyDictionary<string, int> ConstraintFiltered { get; init; }

    /// <summary>Filtered nodes by their (operator's) class; nodes without one are left out.</summary>
    public required IReadOnlyDictionary<string, int> ClassFiltered { get; init; }

    /// <summary>Exhausted nodes by class.</summary>
    public required IReadOnlyDictionary<string, int> ClassExhausted { get; init; }

    /// <summary>Exhausted nodes by the first resource they lack; see <see cref="ResourceDimensions"/>.</summary>
    public required IReadOnlyDictionary<string, int> DimensionExhausted { get; init; }

    /// <summary>What the project's quota has too little left of; empty where it was not the quota.</summary>
    public IReadOnlyList<string> QuotaExhausted { get; init; } = [];

    /// <summary>The first nodes chosen, with the parts of their scores.</summary>
    public IReadOnlyList<ScoredNode> Scores { get; init; } = [];
}

/// <param name="Parts">By rule: <c>binpack</c>, <c>job-anti-affinity</c>, <c>node-affinity</c>, <c>allocation-spread</c>, … each -1 to 1.</param>
/// <param name="NormScore">Their mean.</param>
public sealed record ScoredNode(string NodeId, IReadOnlyDictionary<string, double> Parts, double NormScore);
