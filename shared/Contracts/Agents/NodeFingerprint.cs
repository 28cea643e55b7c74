namespace Saas.Contracts.Agents;

/// <summary>What a node is and can; sent at start, on change and at least every five minutes.</summary>
public sealed record NodeFingerprint
{
    public required int ProtocolVersion { get; init; }
    public required string AgentVersion { get; init; }

    /// <summary>Host name, 1 to 64 characters.</summary>
    public required string Name { get; init; }

    public required NodeResources Resources { get; init; }

    /// <summary>Nomad's attribute names: <c>kernel.name</c>, <c>cpu.arch</c>, <c>driver.vm</c>, … At most 256.</summary>
    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    /// <summary>By driver name.</summary>
    public required IReadOnlyDictionary<string, DriverFingerprint> Drivers { get; init; }

    /// <summary>The operator's own kind of node (<c>${node.class}</c>), from the agent's settings.</summary>
    public string? NodeClass { get; init; }

    /// <summary>The node pool it belongs to, from the agent's settings; null: <c>default</c>.</summary>
    public string? NodePool { get; init; }

    /// <summary>
    /// What an hour of the whole node costs, in millionths of the tenant's currency; only compared between nodes. Null: 0.
    /// </summary>
    public long? PricePerHourMicros { get; init; }

    /// <summary>Of the operator, as <c>${meta.…}</c>; names do not begin with <c>residency.</c>, which are the site's. At most 256.</summary>
    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>Networks that ports are taken from. Null: one, <c>default</c>. At most 16.</summary>
    public IReadOnlyList<HostNetwork>? Networks { get; init; }

    /// <summary>Folders that jobs may mount, by the name jobs use. At most 256.</summary>
    public IReadOnlyDictionary<string, HostVolume>? Volumes { get; init; }

    /// <summary>At most 64 groups.</summary>
    public IReadOnlyList<DeviceGroup>? Devices { get; init; }
}

/// <param name="Name"><c>default</c>, or what jobs say in <c>host_network</c>.</param>
/// <param name="Ip">Its address there.</param>
/// <param name="ReservedPorts">Never given to an allocation. At most 1,024.</param>
public sealed record HostNetwork(string Name, string Ip, IReadOnlyList<int>? ReservedPorts = null);

/// <param name="Path">On the node.</param>
public sealed record HostVolume(string Path, bool ReadOnly);

/// <summary>Devices of one kind; they differ by id only.</summary>
/// <param name="Instances">By id: whether it can be used now. At most 128.</param>
/// <param name="Attributes">For constraints and affinities of a device ask: <c>memory</c>, <c>driver_version</c>, …</param>
public sealed record DeviceGroup(
    string Vendor, string Type, string Name, IReadOnlyDictionary<string, bool> Instances,
    IReadOnlyDictionary<string, string>? Attributes = null);

public sealed record NodeResources
{
    public required int Cores { get; init; }

    /// <summary>Total MHz of all cores.</summary>
    public required int CpuMhz { get; init; }

    public required int MemoryMB { get; init; }
    public required int DiskMB { get; init; }
}

/// <param name="Healthy">Whether it can start workloads now.</param>
/// <param name="Detail">Why not, or its version.</param>
public sealed record DriverFingerprint(bool Healthy, string Detail);

/// <param name="HeartbeatTtlSeconds">The node counts as down when nothing was heard from it for this long.</param>
public sealed record NodeResponse(string NodeId, int HeartbeatTtlSeconds);
