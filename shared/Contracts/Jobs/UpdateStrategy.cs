namespace Saas.Contracts.Jobs;

/// <summary>How a new version takes the place of the one that runs. Nomad's <c>update</c> block. Durations are nanoseconds.</summary>
public sealed record UpdateStrategy
{
    /// <summary>Of the old: 30 s. Kept for those who send it; <see cref="MinHealthyTime"/> sets the pace.</summary>
    public long? Stagger { get; init; }

    /// <summary>How many allocations are replaced at the same time; default 1. 0: all at once, without a deployment.</summary>
    public int? MaxParallel { get; init; }

    /// <summary>One of <see cref="HealthChecks"/>; default <c>checks</c>.</summary>
    public string? HealthCheck { get; init; }

    /// <summary>How long an allocation must be well until it counts as healthy; default 10 s.</summary>
    public long? MinHealthyTime { get; init; }

    /// <summary>When an allocation that is not healthy by then is unhealthy; default 5 min, more than <see cref="MinHealthyTime"/>.</summary>
    public long? HealthyDeadline { get; init; }

    /// <summary>
    /// Without another healthy allocation for this long the deployment fails; default 10 min, more than
    /// <see cref="HealthyDeadline"/>. 0: it fails with the first unhealthy allocation.
    /// </summary>
    public long? ProgressDeadline { get; init; }

    /// <summary>A failed deployment is followed by the last stable version; default false.</summary>
    public bool? AutoRevert { get; init; }

    /// <summary>Canaries that are all healthy are promoted without being asked; default false. Needs canaries.</summary>
    public bool? AutoPromote { get; init; }

    /// <summary>Allocations of the new version that run beside the old until promotion; default 0, at most the group's count.</summary>
    public int? Canary { get; init; }
}

/// <summary>How allocations leave a node that is drained. Nomad's <c>migrate</c> block. Durations are nanoseconds.</summary>
public sealed record MigrateStrategy
{
    /// <summary>How many allocations of the group may be away at the same time; default 1.</summary>
    public int? MaxParallel { get; init; }

    /// <summary><c>checks</c> (default) or <c>task_states</c>.</summary>
    public string? HealthCheck { get; init; }

    /// <summary>Default 10 s.</summary>
    public long? MinHealthyTime { get; init; }

    /// <summary>Default 5 min.</summary>
    public long? HealthyDeadline { get; init; }
}

/// <summary>By what an allocation counts as healthy.</summary>
public static class HealthChecks
{
    /// <summary>All tasks run and all checks of their services pass.</summary>
    public const string Checks = "checks";

    /// <summary>All tasks run.</summary>
    public const string TaskStates = "task_states";

    /// <summary>Somebody says so. Of <see cref="UpdateStrategy"/> only.</summary>
    public const string Manual = "manual";
}
