using Saas.Scheduler.Core.Feasibility;

namespace Saas.Scheduler.Core.Model;

public enum NodeStatus
{
    /// <summary>Enrolled, but its agent has not said what it is: nothing is placed on it and nothing is taken away.</summary>
    Initializing,

    /// <summary>Takes allocations.</summary>
    Ready,

    /// <summary>Silent for its time to live, and some group on it allows for that; the others' allocations are lost.</summary>
    Disconnected,

    /// <summary>Silent for its time to live: what it ran counts as lost.</summary>
    Down,
}

/// <summary>A node as its agent described it. Immutable.</summary>
public sealed class NodeSpec
{
    public required string Id { get; init; }
    public string Name { get; init; } = "";
    public required string Datacenter { get; init; }
    public string Region { get; init; } = "";

    /// <summary>The operator's own class of node (Nomad's <c>node.class</c>), not the computed one.</summary>
    public string Class { get; init; } = "";

    public string Pool { get; init; } = NodePools.Default;
    public required NodeStatus Status { get; init; }

    /// <summary>When it fell silent, by the scheduler's clock; only where it is down or disconnected.</summary>
    public DateTimeOffset? SilentSince { get; init; }

    /// <summary>Since when it is ready, by the scheduler's or Provisioning's clock; only where it is.</summary>
    public DateTimeOffset? ReadySince { get; init; }

    /// <summary>Its credential was taken away: it is down, and is never heard again.</summary>
    public bool Revoked { get; init; }

    /// <summary>False: nothing new is placed on it.</summary>
    public bool Eligible { get; init; } = true;

    /// <summary>It is being emptied; null: it is not.</summary>
    public Drain? Drain { get; init; }

    /// <summary>What an hour of the whole node costs; only compared between nodes.</summary>
    public long PricePerHourMicros { get; init; }

    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Meta { get; init; } = new Dictionary<string, string>();

    /// <summary>By driver name: whether it can start workloads now.</summary>
    public IReadOnlyDictionary<string, bool> Drivers { get; init; } = new Dictionary<string, bool>();

    /// <summary>Total MHz of all cores.</summary>
    public required int CpuMhz { get; init; }

    public required int Cores { get; init; }
    public required int MemoryMb { get; init; }
    public required int DiskMb { get; init; }

    /// <summary>By name. A node that tells none has one, <c>default</c>, with all ports free.</summary>
    public IReadOnlyList<NodeNetwork> Networks { get; init; } = [NodeNetwork.Default];

    /// <summary>By name: whether it can only be read.</summary>
    public IReadOnlyDictionary<string, bool> Volumes { get; init; } = new Dictionary<string, bool>();

    public IReadOnlyList<NodeDevices> Devices { get; init; } = [];

    /// <summary>How large its assignment document may become.</summary>
    public int DocumentBytes { get; init; } = int.MaxValue;

    /// <summary>Whether new allocations may be placed on it.</summary>
    public bool IsOpen => Status == NodeStatus.Ready && Eligible && Drain is null;

    /// <summary>Equal for nodes that constraints cannot tell apart, but for what is unique to a node.</summary>
    internal string ClassKey => field ??= ComputedClasses.KeyOf(this);
}

/// <param name="At">When what is left is stopped at once; null: never, each group goes at its own pace.</param>
/// <param name="IgnoreSystem">System and sysbatch jobs stay; else they go when all others have.</param>
public sealed record Drain(DateTimeOffset? At, bool IgnoreSystem);

/// <summary>A network of a node that ports are taken from.</summary>
/// <param name="ReservedPorts">Never given away.</param>
public sealed record NodeNetwork(string Name, IReadOnlyList<int> ReservedPorts)
{
    public static NodeNetwork Default { get; } = new(PortAsk.DefaultNetwork, []);
}

/// <summary>Devices of one kind on a node.</summary>
/// <param name="Ids">Of those that can be used now.</param>
public sealed record NodeDevices(
    string Vendor, string Type, string Name, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<string> Ids);
