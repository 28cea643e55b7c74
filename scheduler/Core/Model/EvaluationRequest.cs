using Saas.Scheduler.Core.Reconcile.Deployments;

namespace Saas.Scheduler.Core.Model;

/// <summary>One job to look at.</summary>
/// <param name="Id">Names the plan; with it a plan is explained.</param>
/// <param name="Job">Null: it was removed.</param>
/// <param name="Allocations">
/// All in the nodes' documents, and of those that left them the ones that tell what became of the present version.
/// </param>
/// <param name="Deployment">The job's latest; null: there is none.</param>
public sealed record EvaluationRequest(
    string Id, string JobKey, JobSpec? Job, IReadOnlyList<AllocationState> Allocations, Deployment? Deployment = null);

/// <summary>How a cell is scheduled.</summary>
public sealed record PlacementSettings
{
    public static PlacementSettings Default { get; } = new();

    /// <summary>Spread over nodes instead of filling them up.</summary>
    public bool Spread { get; init; }

    public bool PreemptForSystem { get; init; } = true;
    public bool PreemptForSysBatch { get; init; }
    public bool PreemptForService { get; init; }
    public bool PreemptForBatch { get; init; }

    public bool MayPreempt(JobKind kind) => kind switch
    {
        JobKind.Service => PreemptForService,
        JobKind.Batch => PreemptForBatch,
        JobKind.System => PreemptForSystem,
        JobKind.SysBatch => PreemptForSysBatch,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
