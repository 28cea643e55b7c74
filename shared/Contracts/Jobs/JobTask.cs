using System.Text.Json;

namespace Saas.Contracts.Jobs;

/// <summary>One workload, run by one driver.</summary>
public sealed record JobTask
{
    public string? Name { get; init; }

    /// <summary><c>vm</c> or <c>exec</c>.</summary>
    public string? Driver { get; init; }

    /// <summary>The driver's own settings; see <see cref="ExecTaskConfig"/> and <see cref="VmTaskConfig"/>.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Config { get; init; }

    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>In the catalog while the task runs.</summary>
    public IReadOnlyList<JobService>? Services { get; init; }

    public Resources? Resources { get; init; }
    public IReadOnlyList<Constraint>? Constraints { get; init; }

    /// <summary>Null where there are none. Not of system jobs.</summary>
    public IReadOnlyList<Affinity>? Affinities { get; init; }

    /// <summary>Null: what a dispatch brings along is not given to the task.</summary>
    public DispatchPayloadConfig? DispatchPayload { get; init; }

    /// <summary>Nanoseconds between the stop signal and the kill; default 5 s, at most 1 h.</summary>
    public long? KillTimeout { get; init; }

    /// <summary>Default <c>SIGTERM</c>.</summary>
    public string? KillSignal { get; init; }

    /// <summary>How this task is restarted; null: as its group says, whose policy Nomad's clients copy into each task.</summary>
    public RestartPolicy? RestartPolicy { get; init; }

    /// <summary>As <see cref="TaskGroup.ShutdownDelay"/>, and after it, for this task alone; default 0, at most 1 h.</summary>
    public long? ShutdownDelay { get; init; }

    public LogConfig? LogConfig { get; init; }
    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>In the order they are downloaded. Null: none.</summary>
    public IReadOnlyList<TaskArtifact>? Artifacts { get; init; }

    /// <summary>In the order they are written, after the artifacts. Null: none.</summary>
    public IReadOnlyList<TaskTemplate>? Templates { get; init; }

    // Nomad's, and refused unless empty: named here, so that the refusal can say why.
    public IReadOnlyList<VolumeMount>? VolumeMounts { get; init; }
    public bool? Leader { get; init; }
    public string? User { get; init; }
    public string? Kind { get; init; }
    public JsonElement? Lifecycle { get; init; }
    public JsonElement? Vault { get; init; }
    public JsonElement? Consul { get; init; }
    public JsonElement? Secrets { get; init; }
    public JsonElement? CSIPluginConfig { get; init; }
    public JsonElement? ScalingPolicies { get; init; }
    public JsonElement? Identity { get; init; }
    public JsonElement? Identities { get; init; }
    public JsonElement? Actions { get; init; }
    public JsonElement? Schedule { get; init; }
}

/// <summary>Where a task finds what its dispatch brought along.</summary>
public sealed record DispatchPayloadConfig
{
    /// <summary>Relative to the task's <c>local</c> folder, which it does not leave; at most 255 characters.</summary>
    public string? File { get; init; }
}

/// <summary>Rotation of a task's output files.</summary>
public sealed record LogConfig
{
    /// <summary>Default 10.</summary>
    public int? MaxFiles { get; init; }

    /// <summary>MiB per file; default 10.</summary>
    public int? MaxFileSizeMB { get; init; }

    // Nomad's, and refused when they ask for no logs.
    public bool? Enabled { get; init; }
    public bool? Disabled { get; init; }
}
