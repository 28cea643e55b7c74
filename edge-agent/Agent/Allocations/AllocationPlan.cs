using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Allocations;

/// <summary>What the assignment says of an allocation.</summary>
internal enum Wanted
{
    /// <summary>No assignment was seen yet, neither from the server nor on disk: touch nothing.</summary>
    Unknown,

    Run,

    /// <summary>In the assignment, to be stopped: because it is not needed, or because another needs its room.</summary>
    Stop,

    /// <summary>Not in the assignment: must not run.</summary>
    Gone,
}

/// <summary>A workload a driver has or may have.</summary>
internal sealed record ObservedWorkload(WorkloadId Id, string Driver, WorkloadStatus Status);

/// <param name="Record">Null for an orphan: workloads of an allocation we know nothing of.</param>
/// <param name="Workloads">The present run of every task of the record, and every other workload found.</param>
internal sealed record ObservedAllocation(AllocationRecord? Record, IReadOnlyList<ObservedWorkload> Workloads)
{
    /// <summary>An allocation whose room it takes and that has not ended; null: there is none. See <see cref="Predecessors"/>.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>Whether artifacts of the task are being downloaded.</summary>
    public Func<string, bool> IsDownloading { get; init; } = static _ => false;
}

/// <param name="Reason">For logs and events.</param>
internal record PlannedAction(ObservedWorkload Workload, string Reason);

/// <param name="Decision">Restart: when, and counted how.</param>
internal sealed record PlannedEnd(ObservedWorkload Workload, RestartDecision Decision) : PlannedAction(Workload, Decision.Reason);

/// <summary>What to do about one allocation. A task is in one bucket at most; a pass that did something is followed by another.</summary>
internal sealed record AllocationPlan
{
    /// <summary>Start the present run, or finish its start.</summary>
    public List<PlannedAction> Start { get; } = [];

    /// <summary>The present run ended; note it and go on to the next.</summary>
    public List<PlannedEnd> Restart { get; } = [];

    /// <summary>The task ended and no run follows: note how. Nothing is asked of the driver.</summary>
    public List<PlannedEnd> Finish { get; } = [];

    /// <summary>Runs, must not, and is to be out of discovery for a while before it is stopped: have its services leave.</summary>
    public List<PlannedAction> Withdraw { get; } = [];

    /// <summary>Its services left; it is stopped when its delay is over. Nothing to do.</summary>
    public List<PlannedAction> Linger { get; } = [];

    /// <summary>Runs and must not.</summary>
    public List<PlannedAction> Stop { get; } = [];

    /// <summary>Does not run and is not needed any more: have the driver forget it.</summary>
    public List<PlannedAction> Remove { get; } = [];

    /// <summary>Runs as it should, which our record does not know: the agent was killed after it started it.</summary>
    public List<PlannedAction> Adopt { get; } = [];

    /// <summary>As it should be, or not ours to touch.</summary>
    public List<PlannedAction> Ignore { get; } = [];

    public bool HasActions => Start.Count + Restart.Count + Finish.Count + Withdraw.Count + Stop.Count + Remove.Count + Adopt.Count > 0;
}
