using Saas.Scheduler.Core.Reconcile.Deployments;

namespace Saas.Scheduler.Core.Model;

/// <summary>One job to look at.</summary>
/// <param name="Id">Names the plan; with it a plan is explained.</param>
/// <param name="Job">Null: it was removed.</param>
/// <param name="Allocations">
/// All in the nodes' documents, and of those that left them the ones that tell what became of the present version.
/// </param>
/// <param name="Deployment">The latest of this job, not of one of the same name that was removed; null: there is none.</param>
/// <param name="Older">
/// The version before, which a roll-out that stands still keeps up. Only asked for in such a one; null: what is lost
/// there is replaced by the present version.
/// </param>
public sealed record EvaluationRequest(
    string Id, string JobKey, JobSpec? Job, IReadOnlyList<AllocationState> Allocations, Deployment? Deployment = null,
    JobSpec? Older = null);

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
