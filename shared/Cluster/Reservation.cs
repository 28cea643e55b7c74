using Saas.Contracts.Jobs;

namespace Saas.Cluster;

/// <summary>What an allocation reserves on its node: what is scheduled, and what is billed.</summary>
/// <param name="VcpuMilli">Thousandths of a vCPU. 1000 MHz, or a core reserved, are one.</param>
/// <param name="MemoryMib">MiB.</param>
public sealed record Reservation(long VcpuMilli, long MemoryMib)
{
    /// <param name="group">With its defaults filled in.</param>
    public static Reservation Of(TaskGroup group)
    {
        long milli = 0, memory = 0;
        foreach (var task in group.Tasks ?? [])
        {
            milli += task.Resources?.Cores is > 0 and var cores ? cores * 1000L : task.Resources?.CPU ?? 0;
            memory += task.Resources?.MemoryMB ?? 0;
        }

        return new Reservation(milli, memory);
    }
}
