namespace Saas.Scheduler.Core.Reconcile.Deployments;

public enum DeploymentState
{
    Running,

    /// <summary>By a user: nothing more is placed or replaced until it goes on.</summary>
    Paused,
    Successful,
    Failed,
    Cancelled,
}

/// <summary>The roll-out of one version of a service job, as planning sees it. Immutable.</summary>
public sealed record Deployment
{
    public required string Id { get; init; }
    public required long JobVersion { get; init; }
    public required DeploymentState State { get; init; }
    public string Description { get; init; } = "";

    /// <summary>By group; those with an update block.</summary>
    public required IReadOnlyDictionary<string, DeploymentGroup> Groups { get; init; }

    public bool IsActive => State is DeploymentState.Running or DeploymentState.Paused;
}

public sealed record DeploymentGroup
{
    /// <summary>All that must be well for the group to be done.</summary>
    public required int DesiredTotal { get; init; }

    public int DesiredCanaries { get; init; }
    public bool Promoted { get; init; }
    public bool AutoRevert { get; init; }
    public bool AutoPromote { get; init; }

    /// <summary>Ids, in the order they were placed.</summary>
    public IReadOnlyList<string> PlacedCanaries { get; init; } = [];

    public int Placed { get; init; }
    public int Healthy { get; init; }
    public int Unhealthy { get; init; }
    public TimeSpan? ProgressDeadline { get; init; }

    /// <summary>
    /// Without another healthy allocation by then the deployment fails. Null where nothing is waited for: not begun, paused,
    /// all well, no deadline.
    /// </summary>
    public DateTimeOffset? RequireProgressBy { get; init; }

    /// <summary>The new version runs beside the old one only, until it is promoted.</summary>
    public bool IsCanarying => DesiredCanaries > 0 && !Promoted;
}
