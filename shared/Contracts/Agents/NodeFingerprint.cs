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
}

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
