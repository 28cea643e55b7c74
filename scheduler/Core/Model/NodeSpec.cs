using Saas.Scheduler.Core.Feasibility;

namespace Saas.Scheduler.Core.Model;

public enum NodeStatus
{
    /// <summary>Enrolled, but its agent has not said what it is: nothing is placed on it and nothing is taken away.</summary>
    Initializing,

    /// <summary>Takes allocations.</summary>
    Ready,

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

    public required NodeStatus Status { get; init; }
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Meta { get; init; } = new Dictionary<string, string>();

    /// <summary>By driver name: whether it can start workloads now.</summary>
    public IReadOnlyDictionary<string, bool> Drivers { get; init; } = new Dictionary<string, bool>();

    /// <summary>Total MHz of all cores.</summary>
    public required int CpuMhz { get; init; }

    public required int Cores { get; init; }
    public required int MemoryMb { get; init; }
    public required int DiskMb { get; init; }

    /// <summary>How large its assignment document may become.</summary>
    public int DocumentBytes { get; init; } = int.MaxValue;

    /// <summary>Equal for nodes that constraints cannot tell apart, but for what is unique to a node.</summary>
    internal string ClassKey => field ??= ComputedClasses.KeyOf(this);
}
