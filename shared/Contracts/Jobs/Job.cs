namespace Saas.Contracts.Jobs;

/// <summary>
/// A job in the shape of Nomad's JSON job specification (https://developer.hashicorp.com/nomad/api-docs/json-jobs).
/// Names are Nomad's. Durations are nanoseconds, as there. What a client leaves out is null until
/// submission fills in the defaults.
/// </summary>
public sealed record Job
{
    /// <summary>Chosen by the user, unique in the project; 1 to 128 characters, no white space, no NUL.</summary>
    public string? ID { get; init; }

    /// <summary>For people; default is <see cref="ID"/>.</summary>
    public string? Name { get; init; }

    /// <summary>The project: its id or its name. Default is the tenant's first project.</summary>
    public string? Namespace { get; init; }

    /// <summary>The region whose cell places the job. Null or <c>global</c>: the tenant's only region.</summary>
    public string? Region { get; init; }

    /// <summary><c>service</c> (default) or <c>batch</c>.</summary>
    public string? Type { get; init; }

    /// <summary>1 to 100, higher is placed first; default 50.</summary>
    public int? Priority { get; init; }

    /// <summary>Sites the job may run on; default <c>["*"]</c>.</summary>
    public IReadOnlyList<string>? Datacenters { get; init; }

    public IReadOnlyList<Constraint>? Constraints { get; init; }
    public IReadOnlyList<TaskGroup>? TaskGroups { get; init; }
    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>True asks for all allocations to be stopped; the job stays readable.</summary>
    public bool? Stop { get; init; }

    // What the platform answers with. A client may send it back (read, edit, submit); it is not taken over.
    public string? Status { get; init; }
    public string? StatusDescription { get; init; }
    public long? Version { get; init; }
    public long? SubmitTime { get; init; }
    public long? CreateIndex { get; init; }
    public long? ModifyIndex { get; init; }
    public long? JobModifyIndex { get; init; }
}

/// <summary>Tasks that are placed together on one node, <see cref="Count"/> times.</summary>
public sealed record TaskGroup
{
    public string? Name { get; init; }

    /// <summary>How many allocations to run: 0 to 10,000; default 1.</summary>
    public int? Count { get; init; }

    public IReadOnlyList<Constraint>? Constraints { get; init; }
    public IReadOnlyList<JobTask>? Tasks { get; init; }

    /// <summary>In the catalog while all tasks of the group run.</summary>
    public IReadOnlyList<JobService>? Services { get; init; }

    /// <summary>
    /// Nanoseconds between the withdrawal of an allocation's services and the stop of its tasks, so that followers of the
    /// catalog send nothing more; default 0, at most 1 h. Passes also where nothing is offered.
    /// </summary>
    public long? ShutdownDelay { get; init; }

    public RestartPolicy? RestartPolicy { get; init; }
    public ReschedulePolicy? ReschedulePolicy { get; init; }
    public EphemeralDisk? EphemeralDisk { get; init; }
    public IReadOnlyDictionary<string, string>? Meta { get; init; }
}

/// <summary>One workload, run by one driver.</summary>
public sealed record JobTask
{
    public string? Name { get; init; }

    /// <summary><c>vm</c> or <c>exec</c>.</summary>
    public string? Driver { get; init; }

    /// <summary>The driver's own settings; see <see cref="ExecTaskConfig"/> and <see cref="VmTaskConfig"/>.</summary>
    public IReadOnlyDictionary<string, System.Text.Json.JsonElement>? Config { get; init; }

    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>In the catalog while the task runs.</summary>
    public IReadOnlyList<JobService>? Services { get; init; }

    public Resources? Resources { get; init; }
    public IReadOnlyList<Constraint>? Constraints { get; init; }

    /// <summary>Nanoseconds between the stop signal and the kill; default 5 s, at most 1 h.</summary>
    public long? KillTimeout { get; init; }

    /// <summary>Default <c>SIGTERM</c>.</summary>
    public string? KillSignal { get; init; }

    /// <summary>As <see cref="TaskGroup.ShutdownDelay"/>, and after it, for this task alone; default 0, at most 1 h.</summary>
    public long? ShutdownDelay { get; init; }

    public LogConfig? LogConfig { get; init; }
    public IReadOnlyDictionary<string, string>? Meta { get; init; }
}

/// <summary>What a task reserves on its node.</summary>
public sealed record Resources
{
    /// <summary>MHz; default 100. Ignored where <see cref="Cores"/> is set.</summary>
    public int? CPU { get; init; }

    /// <summary>Whole cores reserved for the task alone; a VM gets as many virtual CPUs.</summary>
    public int? Cores { get; init; }

    /// <summary>MiB; default 300.</summary>
    public int? MemoryMB { get; init; }
}

/// <summary>Scratch space of an allocation.</summary>
public sealed record EphemeralDisk
{
    /// <summary>MiB; default 300.</summary>
    public int? SizeMB { get; init; }
}

/// <summary><c>LTarget Operand RTarget</c>, with Nomad's interpolation (<c>${attr.kernel.name}</c>) on the left.</summary>
public sealed record Constraint
{
    public string? LTarget { get; init; }
    public string? RTarget { get; init; }

    /// <summary>Default <c>=</c>.</summary>
    public string? Operand { get; init; }
}

/// <summary>How the agent restarts a failed task on the same node. Defaults are Nomad's, by job type.</summary>
public sealed record RestartPolicy
{
    /// <summary>Restarts allowed within <see cref="Interval"/>; service 2, batch 3.</summary>
    public int? Attempts { get; init; }

    /// <summary>Nanoseconds; service 30 min, batch 24 h.</summary>
    public long? Interval { get; init; }

    /// <summary>Nanoseconds between a failure and the restart; default 15 s.</summary>
    public long? Delay { get; init; }

    /// <summary><c>fail</c> (default) or <c>delay</c>: what follows when the attempts are used up.</summary>
    public string? Mode { get; init; }
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

/// <summary>Rotation of a task's output files.</summary>
public sealed record LogConfig
{
    /// <summary>Default 10.</summary>
    public int? MaxFiles { get; init; }

    /// <summary>MiB per file; default 10.</summary>
    public int? MaxFileSizeMB { get; init; }
}
