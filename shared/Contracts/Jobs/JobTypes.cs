namespace Saas.Contracts.Jobs;

/// <summary>Values of <see cref="Job.Type"/>.</summary>
public static class JobTypes
{
    public const string Service = "service";
    public const string Batch = "batch";

    /// <summary>One instance on every node that suits.</summary>
    public const string System = "system";

    /// <summary>One instance on every node that suits, each until it has completed once.</summary>
    public const string SysBatch = "sysbatch";
}

/// <summary>What the scheduler wants of an allocation; Nomad's DesiredStatus.</summary>
public static class DesiredStatus
{
    public const string Run = "run";
    public const string Stop = "stop";

    /// <summary>As stop: it makes room for a job of higher priority.</summary>
    public const string Evict = "evict";
}

/// <summary>What the agent says of an allocation; Nomad's ClientStatus.</summary>
public static class ClientStatus
{
    /// <summary>Not every task was started yet.</summary>
    public const string Pending = "pending";

    /// <summary>Every task was started and none has failed for good.</summary>
    public const string Running = "running";

    /// <summary>Every task ended with success, or was stopped as desired. Terminal.</summary>
    public const string Complete = "complete";

    /// <summary>A task failed and its restarts are used up. Terminal.</summary>
    public const string Failed = "failed";

    /// <summary>Its node is down: set by the scheduler, never by the agent. Terminal.</summary>
    public const string Lost = "lost";

    /// <summary>Its node is silent, and its group allows for that: set by the scheduler, never by the agent.</summary>
    public const string Unknown = "unknown";

    public static bool IsTerminal(string status) => status is Complete or Failed or Lost;
}
