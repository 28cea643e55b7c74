using System.Runtime.InteropServices;

namespace Saas.Scheduler.Core.Model;

/// <summary>What one allocation of a group reserves on its node: the sum over its tasks, plus the group's disk.</summary>
/// <param name="CpuMhz">MHz of the tasks that ask for no whole cores.</param>
/// <param name="Cores">Whole cores; each takes its share of the node's MHz as well.</param>
/// <param name="DocumentBytes">Bytes the allocation takes in its node's assignment document.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ResourceAsk(int CpuMhz, int Cores, int MemoryMb, int DiskMb, int DocumentBytes = 0);

/// <summary>What a node cannot give any more; <see cref="None"/> where everything fits.</summary>
public enum ResourceDimension
{
    None,
    Cpu,
    Cores,
    Memory,
    Disk,

    /// <summary>The node's assignment document, which the store limits in size.</summary>
    Document,
}

public static class ResourceDimensions
{
    /// <summary>The name under which users read it in their placement metrics; the first four are Nomad's.</summary>
    public static string Name(this ResourceDimension dimension) => dimension switch
    {
        ResourceDimension.Cpu => "cpu",
        ResourceDimension.Cores => "cores",
        ResourceDimension.Memory => "memory",
        ResourceDimension.Disk => "disk",
        ResourceDimension.Document => "assignment size",
        ResourceDimension.None => "",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    };
}
