using Saas.Cluster.Trials;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Evaluations;
using Saas.Provisioning.Jobs.Diffs;

namespace Saas.Provisioning.Jobs.Planning;

/// <summary>Nomad's JobPlanResponse.</summary>
internal sealed record PlanJobResponse
{
    public required PlanAnnotations Annotations { get; init; }

    /// <summary>By group; null where all of it would be placed.</summary>
    public required IReadOnlyDictionary<string, AllocMetricBody>? FailedTGAllocs { get; init; }

    /// <summary>Of the job as it is: what a registration enforces that is to find it so. 0: there is no such job.</summary>
    public required long JobModifyIndex { get; init; }

    /// <summary>What would wait for room; null: nothing.</summary>
    public required IReadOnlyList<EvaluationBody>? CreatedEvals { get; init; }

    /// <summary>Null: not asked for.</summary>
    public required JobDiff? Diff { get; init; }

    /// <summary>The year 1, as Go says "no time", where the job is not periodic.</summary>
    public required DateTime NextPeriodicLaunch { get; init; }

    public string Warnings { get; init; } = "";
    public required long Index { get; init; }
}

/// <summary>Nomad's PlanAnnotations.</summary>
/// <param name="PreemptedAllocs">Of those the caller may see. Null: none.</param>
internal sealed record PlanAnnotations(IReadOnlyDictionary<string, DesiredUpdates> DesiredTGUpdates, IReadOnlyList<AllocationStubBody>? PreemptedAllocs);

/// <summary>Nomad's DesiredUpdates.</summary>
internal sealed record DesiredUpdates(
    long Ignore, long Place, long Migrate, long Stop, long InPlaceUpdate, long DestructiveUpdate, long Canary, long Preemptions,
    long Disconnect, long Reconnect, long RescheduleNow, long RescheduleLater)
{
    public static DesiredUpdates Of(PlannedUpdates updates) => new(
        updates.Ignore, updates.Place, updates.Migrate, updates.Stop, updates.InPlaceUpdate, updates.DestructiveUpdate, updates.Canary,
        updates.Preemptions, updates.Disconnect, Reconnect: 0, updates.RescheduleNow, updates.RescheduleLater);
}
