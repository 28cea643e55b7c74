using System.Text.Json;

namespace Saas.Contracts.Jobs;

/// <summary>Tasks that are placed together on one node, <see cref="Count"/> times.</summary>
public sealed record TaskGroup
{
    public string? Name { get; init; }

    /// <summary>How many allocations to run: 0 to 10,000; default 1. Of system and sysbatch jobs 0 or 1, on each node.</summary>
    public int? Count { get; init; }

    public IReadOnlyList<Constraint>? Constraints { get; init; }

    /// <summary>Null where there are none. Not of system jobs.</summary>
    public IReadOnlyList<Affinity>? Affinities { get; init; }

    /// <summary>Null where there are none. Not of system jobs.</summary>
    public IReadOnlyList<Spread>? Spreads { get; init; }

    public IReadOnlyList<JobTask>? Tasks { get; init; }

    /// <summary>At most one. Null: the group has no ports of its own.</summary>
    public IReadOnlyList<NetworkResource>? Networks { get; init; }

    /// <summary>By the group's own name for it; null where there are none.</summary>
    public IReadOnlyDictionary<string, VolumeRequest>? Volumes { get; init; }

    /// <summary>In the catalog while all tasks of the group run.</summary>
    public IReadOnlyList<JobService>? Services { get; init; }

    /// <summary>
    /// Nanoseconds between the withdrawal of an allocation's services and the stop of its tasks, so that followers of the
    /// catalog send nothing more; default 0, at most 1 h. Passes also where nothing is offered.
    /// </summary>
    public long? ShutdownDelay { get; init; }

    public RestartPolicy? RestartPolicy { get; init; }

    /// <summary>Null for system and sysbatch jobs: what failed there stays failed until the job or the node changes.</summary>
    public ReschedulePolicy? ReschedulePolicy { get; init; }

    /// <summary>Complete, the job's merged in. Null: the group is updated all at once and has no deployment.</summary>
    public UpdateStrategy? Update { get; init; }

    /// <summary>Complete, the job's merged in. Null for all but service jobs.</summary>
    public MigrateStrategy? Migrate { get; init; }

    /// <summary>Null: when its node is silent for too long, an allocation is lost and replaced.</summary>
    public DisconnectStrategy? Disconnect { get; init; }

    // Nomad's older names; submission turns them into Disconnect, so they are null in an accepted job.

    /// <summary>Nanoseconds: <see cref="DisconnectStrategy.LostAfter"/>.</summary>
    public long? MaxClientDisconnect { get; init; }

    /// <summary>Nanoseconds: <see cref="DisconnectStrategy.StopOnClientAfter"/>.</summary>
    public long? StopAfterClientDisconnect { get; init; }

    /// <summary>The opposite of <see cref="DisconnectStrategy.Replace"/>.</summary>
    public bool? PreventRescheduleOnLost { get; init; }

    public EphemeralDisk? EphemeralDisk { get; init; }

    /// <summary>Wins over the job's of the same key; see <see cref="PlatformMeta"/>.</summary>
    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>
    /// What the job was dispatched with, base64. Set by the platform in what it assigns to agents, where
    /// <see cref="Meta"/> has the job's as well; refused in what clients send.
    /// </summary>
    public string? Payload { get; init; }

    /// <summary>
    /// The cell's settings let tasks use more memory than they reserve, up to <see cref="Resources.MemoryMaxMB"/>; null: they do
    /// not, or no task asks for more. Set by the platform in what it assigns to agents, as the settings are at that time;
    /// refused in what clients send.
    /// </summary>
    public bool? MemoryOversubscription { get; init; }

    // Nomad's, and refused unless empty: named here, so that the refusal can say why.
    public JsonElement? Consul { get; init; }
    public JsonElement? Scaling { get; init; }
    public long? MaxRunDuration { get; init; }
}

/// <summary>Scratch space of an allocation.</summary>
public sealed record EphemeralDisk
{
    /// <summary>MiB; default 300.</summary>
    public int? SizeMB { get; init; }

    // Nomad's, and refused when true: what replaces an allocation begins with an empty disk.
    public bool? Sticky { get; init; }
    public bool? Migrate { get; init; }
}
