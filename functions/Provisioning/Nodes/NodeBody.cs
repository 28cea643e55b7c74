using Saas.Cluster;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Nodes;

/// <summary>Nomad's Node.</summary>
internal sealed record NodeBody
{
    public required string ID { get; init; }
    public required string Datacenter { get; init; }
    public required string Name { get; init; }

    /// <summary>Empty: agents are not reached but through the platform.</summary>
    public string HTTPAddr { get; init; } = "";

    public bool TLSEnabled { get; init; }

    /// <summary>Our own: the site the datacenter is named for.</summary>
    public required string SiteID { get; init; }

    /// <summary>Our own: with the tenant, the cell that the node takes work from.</summary>
    public required string Region { get; init; }

    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    /// <summary>Null until the agent has sent its first fingerprint.</summary>
    public required NodeResourcesBody? NodeResources { get; init; }

    public required NodeReservedBody? ReservedResources { get; init; }
    public IReadOnlyDictionary<string, string>? Links { get; init; }
    public required IReadOnlyDictionary<string, string> Meta { get; init; }
    public required string NodeClass { get; init; }
    public required string NodePool { get; init; }
    public string CgroupParent { get; init; } = "";

    /// <summary>Nodes that constraints cannot tell apart, but for what is unique to each, have the same.</summary>
    public required string ComputedClass { get; init; }

    public required bool Drain { get; init; }
    public required DrainStrategyBody? DrainStrategy { get; init; }
    public required string SchedulingEligibility { get; init; }
    public required string Status { get; init; }
    public required string StatusDescription { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long StatusUpdatedAt { get; init; }

    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<NodeEventBody> Events { get; init; }

    public required IReadOnlyDictionary<string, DriverBody> Drivers { get; init; }
    public required IReadOnlyDictionary<string, HostVolumeBody> HostVolumes { get; init; }
    public bool GCVolumesOnNodeGC { get; init; }
    public required IReadOnlyDictionary<string, HostNetworkBody> HostNetworks { get; init; }

    /// <summary>Never: there is no CSI.</summary>
    public IReadOnlyDictionary<string, string>? CSIControllerPlugins { get; init; }

    public IReadOnlyDictionary<string, string>? CSINodePlugins { get; init; }
    public required LastDrainBody? LastDrain { get; init; }
    public int NodeMaxAllocs { get; init; }

    /// <summary>Our own: of the agent; as a stub has it.</summary>
    public required string Version { get; init; }

    public required long CreateIndex { get; init; }
    public required long ModifyIndex { get; init; }

    public static NodeBody Of(NodeRecord node) => new()
    {
        ID = node.Id,
        Datacenter = node.Datacenter,
        Name = NodeRows.NameOf(node),
        SiteID = node.SiteId,
        Region = node.Region,
        Attributes = node.Fingerprint?.Attributes ?? new Dictionary<string, string>(),
        NodeResources = NodeResourcesBody.Of(node.Fingerprint),
        ReservedResources = NodeReservedBody.Of(node.Fingerprint),
        Meta = NodeFacts.MetaOf(node),
        NodeClass = NodeFacts.ClassOf(node),
        NodePool = NodeFacts.PoolOf(node),
        ComputedClass = NodeClasses.Of(node),
        Drain = node.Drain is not null,
        DrainStrategy = DrainStrategyBody.Of(node),
        SchedulingEligibility = NodeFacts.EligibilityOf(node),
        Status = node.Status,
        StatusDescription = NodeFacts.DescriptionOf(node),
        StatusUpdatedAt = node.StatusChangedAt.ToUnixTimeSeconds(),
        Events = [.. (node.Events ?? []).Select(static e => new NodeEventBody(e.Message, e.Subsystem, null, e.At.UtcDateTime, 0))],
        Drivers = NodeFacts.DriversOf(node),
        HostVolumes = NodeFacts.VolumesOf(node),
        HostNetworks = NodeFacts.NetworksOf(node),
        LastDrain = LastDrainBody.Of(node),
        Version = node.Fingerprint?.AgentVersion ?? "",
        CreateIndex = NodeFacts.CreateIndex,
        ModifyIndex = NodeFacts.IndexOf(node),
    };
}

internal sealed record NodeEventBody(string Message, string Subsystem, IReadOnlyDictionary<string, string>? Details, DateTime Timestamp, long CreateIndex);

/// <summary>Nomad's DriverInfo.</summary>
/// <param name="UpdateTime">Not known: Go's zero time.</param>
internal sealed record DriverBody(
    IReadOnlyDictionary<string, string>? Attributes, bool Detected, bool Healthy, string HealthDescription, DateTime UpdateTime);

internal sealed record HostVolumeBody(string Name, string Path, bool ReadOnly, string ID);

/// <param name="CIDR">The node's address there, alone.</param>
/// <param name="ReservedPorts">With commas.</param>
internal sealed record HostNetworkBody(string Name, string CIDR, string Interface, string ReservedPorts);

/// <summary>Nomad's DrainStrategy.</summary>
/// <param name="Deadline">Nanoseconds; 0: none; -1 second: everything at once.</param>
/// <param name="ForceDeadline">What is left then is stopped at once; Go's zero time where there is none.</param>
internal sealed record DrainStrategyBody(long Deadline, bool IgnoreSystemJobs, DateTime ForceDeadline, DateTime StartedAt)
{
    private const long AtOnce = -1_000_000_000;

    public static DrainStrategyBody? Of(NodeRecord node) => node.Drain is not { } drain ? null : new DrainStrategyBody(
        drain.Deadline is not { } deadline ? 0 : deadline == TimeSpan.Zero ? AtOnce : deadline.Ticks * TimeSpan.NanosecondsPerTick,
        drain.IgnoreSystemJobs,
        drain.Deadline > TimeSpan.Zero ? (drain.StartedAt + drain.Deadline.Value).UtcDateTime : GoTime.Zero,
        (node.LastDrain?.StartedAt ?? drain.StartedAt).UtcDateTime);
}

/// <summary>Nomad's DrainMetadata.</summary>
internal sealed record LastDrainBody(
    DateTime StartedAt, DateTime UpdatedAt, string Status, string AccessorID, IReadOnlyDictionary<string, string>? Meta)
{
    public static LastDrainBody? Of(NodeRecord node) => node.LastDrain is not { } last
        ? null
        : new LastDrainBody(last.StartedAt.UtcDateTime, last.UpdatedAt.UtcDateTime, last.Status, last.AccessorId, last.Meta);
}
