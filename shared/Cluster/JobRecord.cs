using System.Text.Json.Serialization;
using Saas.Contracts.Jobs;

namespace Saas.Cluster;

/// <summary>A job as accepted: defaults filled in, limits checked.</summary>
public sealed record JobRecord
{
    public required string ProjectId { get; init; }

    /// <summary>It places nothing itself: its runs are children, jobs of their own.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsParent => Job.Periodic is not null || (Job.ParameterizedJob is not null && Job.Dispatched is not true);

    /// <summary>The region whose cell places it.</summary>
    public required string Region { get; init; }

    /// <summary>Complete: no member that has a default is null. <see cref="Job.Stop"/> says whether it should run.</summary>
    public required Job Job { get; init; }

    /// <summary>From 0; one more with every submission that changes the specification.</summary>
    public required long Version { get; init; }

    public required long CreateIndex { get; init; }

    /// <summary>The project's index at the last change of this row.</summary>
    public required long ModifyIndex { get; init; }

    /// <summary>The project's index at the last submission.</summary>
    public required long JobModifyIndex { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>The evaluation written with the last submission; null where it must be looked for.</summary>
    public string? EvaluationId { get; init; }

    /// <summary>The deployment of this version has succeeded: written by the scheduler, false again with the next version.</summary>
    public bool Stable { get; init; }

    /// <summary>The name that a user gave this version, which is kept as long as it has one. Null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VersionTag? Tag { get; init; }

    /// <summary>There is a row with what this version was made from: see <see cref="Jobs.JobSubmission"/>. Set by the ledger.</summary>
    public bool HasSubmission { get; init; }

    /// <summary>Asked to be removed: the scheduler deletes the row once nothing of the job runs any more.</summary>
    public bool Purge { get; init; }
}

public sealed record VersionTag(string Name, string Description, DateTimeOffset TaggedAt);

/// <summary>Why the scheduler looked at a job, and what came of it.</summary>
public sealed record EvaluationRecord
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string JobId { get; init; }
    public required string JobType { get; init; }
    public required int Priority { get; init; }

    /// <summary>One of <see cref="EvaluationTriggers"/>.</summary>
    public required string TriggeredBy { get; init; }

    /// <summary>One of <see cref="EvaluationStatus"/>.</summary>
    public required string Status { get; init; }

    public string StatusDescription { get; init; } = "";
    public required long JobModifyIndex { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>It is blocked, or was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HasWaited { get; init; }

    /// <summary>When the job is looked at again by itself, to replace what failed; null: nothing waits.</summary>
    public DateTimeOffset? WaitUntil { get; init; }

    /// <summary>The deployment it went on with; null: none.</summary>
    public string? DeploymentId { get; init; }

    /// <summary>By group: why not all of it could be placed. Empty when it could.</summary>
    public IReadOnlyDictionary<string, PlacementFailure> FailedPlacements { get; init; } =
        new Dictionary<string, PlacementFailure>();

    /// <summary>By group: where the nodes fell out, and what those chosen first scored. Null where nothing was placed.</summary>
    public IReadOnlyDictionary<string, PlacementFailure>? Placements { get; init; }
}

/// <summary>Nomad's AllocMetric: where the nodes fell out.</summary>
public sealed record PlacementFailure
{
    /// <summary>How many allocations of the group found no node.</summary>
    public required int Missing { get; init; }

    public required int NodesEvaluated { get; init; }
    public required int NodesFiltered { get; init; }
    public required int NodesExhausted { get; init; }

    public int NodesInPool { get; init; }

    /// <summary>By datacenter; null in rows of older versions, as all that follow.</summary>
    public IReadOnlyDictionary<string, int>? NodesAvailable { get; init; }
    public IReadOnlyDictionary<string, int>? ClassFiltered { get; init; }
    public IReadOnlyDictionary<string, int>? ClassExhausted { get; init; }
    public IReadOnlyList<string>? QuotaExhausted { get; init; }
    public IReadOnlyList<NodeScores>? Scores { get; init; }

    /// <summary>Nodes by the constraint that dropped them.</summary>
    public IReadOnlyDictionary<string, int> ConstraintFiltered { get; init; } = new Dictionary<string, int>();

    /// <summary>Nodes by the resource they lack: <c>cpu</c>, <c>memory</c>, <c>disk</c>.</summary>
    public IReadOnlyDictionary<string, int> DimensionExhausted { get; init; } = new Dictionary<string, int>();
}

/// <param name="Parts">By rule, -1 to 1.</param>
/// <param name="NormScore">Their mean.</param>
public sealed record NodeScores(string NodeId, IReadOnlyDictionary<string, double> Parts, double NormScore);

public static class EvaluationTriggers
{
    public const string JobRegister = "job-register";
    public const string JobDeregister = "job-deregister";
    public const string NodeUpdate = "node-update";
    public const string AllocationFailure = "alloc-failure";
    public const string QueuedAllocations = "queued-allocs";
    public const string DeploymentWatcher = "deployment-watcher";
    public const string NodeDrain = "node-drain";
    public const string Preemption = "preemption";
    public const string PeriodicJob = "periodic-job";
    public const string JobScaling = "job-scaling";
    public const string AllocationStop = "alloc-stop";
}

public static class EvaluationStatus
{
    /// <summary>Not yet looked at.</summary>
    public const string Pending = "pending";

    /// <summary>What could not be placed waits for room.</summary>
    public const string Blocked = "blocked";

    /// <summary>All of it is placed, or stopped.</summary>
    public const string Complete = "complete";

    /// <summary>A newer evaluation of the job took its place.</summary>
    public const string Cancelled = "canceled";
}
