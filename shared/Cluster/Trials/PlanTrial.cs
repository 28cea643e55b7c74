using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Cluster.Trials;

/// <summary>
/// A job that somebody wants to know the plan of without submitting it: a row that Provisioning writes, and into which the
/// leader of the cell, who alone knows where there is room, writes what it would do. The one who asked deletes it;
/// what is left behind after crashes goes with a later trial.
/// </summary>
public sealed record PlanTrial
{
    /// <summary>Nobody waits for the answer of an older one.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    public required string Id { get; init; }

    /// <summary>As it would be submitted.</summary>
    public required JobRecord Record { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Null: not answered yet.</summary>
    public PlanTrialResult? Result { get; init; }
}

/// <summary>What would be done of the job.</summary>
public sealed record PlanTrialResult
{
    /// <summary>By group, those that are not in the job any more among them.</summary>
    public required IReadOnlyDictionary<string, PlannedUpdates> Groups { get; init; }

    /// <summary>By group: why not all of it would be placed.</summary>
    public required IReadOnlyDictionary<string, PlacementFailure> FailedPlacements { get; init; }

    /// <summary>Ids of allocations of other jobs that would have to make room.</summary>
    public required IReadOnlyList<string> Preempted { get; init; }

    /// <summary>The job cannot be planned at all, for this reason. Null: it was.</summary>
    public string? Error { get; init; }
}

/// <summary>Nomad's DesiredUpdates: allocations of a group by what would be done about them.</summary>
public sealed record PlannedUpdates
{
    public int Ignore { get; init; }
    public int Place { get; init; }
    public int Migrate { get; init; }
    public int Stop { get; init; }
    public int InPlaceUpdate { get; init; }

    /// <summary>In this round; what a roll-out lets wait is ignored.</summary>
    public int DestructiveUpdate { get; init; }

    public int Canary { get; init; }

    /// <summary>Allocations of other jobs that would make room for the group.</summary>
    public int Preemptions { get; init; }

    public int Disconnect { get; init; }
    public int RescheduleNow { get; init; }
    public int RescheduleLater { get; init; }
}

public static class PlanTrials
{
    /// <summary>A row's key is the trial's id.</summary>
    public static TablePartition PlanTrialsOf(this TenantScope tenant, string region) => tenant.Partition(ClusterTables.Scheduling, "plans", region);
}
