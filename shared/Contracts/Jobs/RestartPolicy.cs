namespace Saas.Contracts.Jobs;

/// <summary>How the agent restarts a failed task on the same node. Defaults are Nomad's, by job type.</summary>
public sealed record RestartPolicy
{
    /// <summary>Restarts allowed within <see cref="Interval"/>; service and system 2, batch and sysbatch 3.</summary>
    public int? Attempts { get; init; }

    /// <summary>Nanoseconds; service and system 30 min, batch and sysbatch 24 h.</summary>
    public long? Interval { get; init; }

    /// <summary>Nanoseconds between a failure and the restart; default 15 s.</summary>
    public long? Delay { get; init; }

    /// <summary><c>fail</c> (default) or <c>delay</c>: what follows when the attempts are used up.</summary>
    public string? Mode { get; init; }

    /// <summary>Nomad's, and refused when true: templates are rendered before each start anyway.</summary>
    public bool? RenderTemplates { get; init; }
}

/// <summary>How the scheduler replaces an allocation that failed for good. Defaults are Nomad's, by job type.</summary>
public sealed record ReschedulePolicy
{
    public int? Attempts { get; init; }

    /// <summary>Nanoseconds.</summary>
    public long? Interval { get; init; }

    /// <summary>Nanoseconds; default 30 s for service, 5 s for batch.</summary>
    public long? Delay { get; init; }

    /// <summary><c>constant</c>, <c>exponential</c> or <c>fibonacci</c>.</summary>
    public string? DelayFunction { get; init; }

    /// <summary>Nanoseconds.</summary>
    public long? MaxDelay { get; init; }

    public bool? Unlimited { get; init; }
}
