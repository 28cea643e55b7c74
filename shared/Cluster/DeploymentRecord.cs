namespace Saas.Cluster;

/// <summary>
/// The roll-out of one version of a service job. The scheduler writes it as allocations are placed and become well; users
/// write what they decide (promote, pause, fail). Both by ETag, and each leaves alone what is the other's.
/// </summary>
public sealed record DeploymentRecord
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string Region { get; init; }
    public required string JobId { get; init; }
    public required long JobVersion { get; init; }

    /// <summary>Of the submission it rolls out.</summary>
    public required long JobModifyIndex { get; init; }

    /// <summary>Of the job as it first came: a job purged and submitted again has another. 0 in rows of older versions.</summary>
    public long JobCreateIndex { get; init; }

    /// <summary>The project's index when a user last changed it; 0: nobody did.</summary>
    public long ModifyIndex { get; init; }

    /// <summary>One of <see cref="DeploymentStatus"/>.</summary>
    public required string Status { get; init; }

    public string StatusDescription { get; init; } = "";

    /// <summary>By group; those with an update block.</summary>
    public required IReadOnlyDictionary<string, DeploymentGroup> Groups { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ModifiedAt { get; init; }
}

/// <summary>Nomad's DeploymentState.</summary>
public sealed record DeploymentGroup
{
    /// <summary>All that must be well for the group to be done.</summary>
    public required int DesiredTotal { get; init; }

    /// <summary>0: no canaries.</summary>
    public int DesiredCanaries { get; init; }

    /// <summary>Users write it (or the scheduler, with <see cref="AutoPromote"/>): canaries become ordinary and the others follow.</summary>
    public bool Promoted { get; init; }

    public bool AutoRevert { get; init; }
    public bool AutoPromote { get; init; }

    /// <summary>Ids, in the order they were placed.</summary>
    public IReadOnlyList<string> PlacedCanaries { get; init; } = [];

    public int Placed { get; init; }
    public int Healthy { get; init; }
    public int Unhealthy { get; init; }

    /// <summary>Time to the next progress, from the last one. Null: any time.</summary>
    public TimeSpan? ProgressDeadline { get; init; }

    /// <summary>Without another healthy allocation by then the deployment fails. Null: not begun, or any time.</summary>
    public DateTimeOffset? RequireProgressBy { get; init; }
}

public static class DeploymentStatus
{
    public const string Running = "running";

    /// <summary>By a user: nothing more is placed until it goes on.</summary>
    public const string Paused = "paused";

    public const string Successful = "successful";
    public const string Failed = "failed";

    /// <summary>A newer version took its place, or the job was stopped.</summary>
    public const string Cancelled = "cancelled";

    public static bool IsActive(string status) => status is Running or Paused;
}
