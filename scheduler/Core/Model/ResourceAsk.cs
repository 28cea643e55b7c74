namespace Saas.Scheduler.Core.Model;

/// <summary>
/// What one allocation of a group reserves on its node: the sum over its tasks, plus the group's disk and ports. One
/// object for all allocations of the group.
/// </summary>
/// <param name="CpuMhz">MHz of the tasks that ask for no whole cores.</param>
/// <param name="Cores">Whole cores; each takes its share of the node's MHz as well.</param>
/// <param name="MemoryMb">Reserved; what a task may use beyond it (<c>memory_max</c>) is not counted.</param>
/// <param name="DocumentBytes">Bytes the allocation takes in its node's assignment document.</param>
public sealed record ResourceAsk(int CpuMhz, int Cores, int MemoryMb, int DiskMb, int DocumentBytes = 0)
{
    public static ResourceAsk None { get; } = new(0, 0, 0, 0);

    public IReadOnlyList<PortAsk> Ports { get; init; } = [];
    public IReadOnlyList<DeviceAsk> Devices { get; init; } = [];

    /// <summary>Ports or devices: what an amount does not tell.</summary>
    internal bool AsksForThings => Ports.Count + Devices.Count > 0;
}

/// <summary>A port of the group's network block.</summary>
/// <param name="Static">The very port; 0: any free one of the dynamic range.</param>
/// <param name="To">Port inside the workload's network; 0: the same.</param>
/// <param name="Network">The node's network; <c>default</c> unless the job says otherwise.</param>
public sealed record PortAsk(string Label, int Static, int To = 0, string Network = PortAsk.DefaultNetwork)
{
    public const string DefaultNetwork = "default";
}

/// <summary>What a node cannot give any more; <see cref="None"/> where everything fits.</summary>
public enum ResourceDimension
{
    None,
    Cpu,
    Cores,
    Memory,
    Disk,

    /// <summary>A static port is taken, or a network has too few dynamic ones.</summary>
    Ports,
    Devices,

    /// <summary>The node's assignment document, which the store limits in size.</summary>
    Document,
}

public static class ResourceDimensions
{
    /// <summary>The name under which users read it in their placement metrics; all but the last are Nomad's.</summary>
    public static string Name(this ResourceDimension dimension) => dimension switch
    {
        ResourceDimension.Cpu => "cpu",
        ResourceDimension.Cores => "cores",
        ResourceDimension.Memory => "memory",
        ResourceDimension.Disk => "disk",
        ResourceDimension.Ports => "network: port collision",
        ResourceDimension.Devices => "devices",
        ResourceDimension.Document => "assignment size",
        ResourceDimension.None => "",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    };
}
