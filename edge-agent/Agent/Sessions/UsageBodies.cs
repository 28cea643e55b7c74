namespace Saas.EdgeAgent.Sessions;

/// <summary>Nomad's AllocResourceUsage.</summary>
/// <param name="Timestamp">Nanoseconds since 1970.</param>
internal sealed record AllocationUsageBody(ResourceUsageBody ResourceUsage, IReadOnlyDictionary<string, TaskUsageBody> Tasks, long Timestamp);

/// <summary>Nomad's TaskResourceUsage.</summary>
/// <param name="Pids">Not told by process.</param>
internal sealed record TaskUsageBody(ResourceUsageBody ResourceUsage, long Timestamp, IReadOnlyDictionary<string, ResourceUsageBody> Pids);

/// <param name="DeviceStats">None are known.</param>
internal sealed record ResourceUsageBody(MemoryStatsBody MemoryStats, CpuStatsBody CpuStats, IReadOnlyList<string> DeviceStats)
{
    public static ResourceUsageBody Of(long memoryBytes, double cpuPercent, double ticks) => new(
        new MemoryStatsBody { RSS = memoryBytes, Usage = memoryBytes, Measured = ["RSS", "Usage"] },
        new CpuStatsBody { Percent = cpuPercent, TotalTicks = ticks, Measured = ["Percent", "Total Ticks"] },
        []);
}

/// <summary>Nomad's MemoryStats, in bytes; what is not in <see cref="Measured"/> is not known.</summary>
internal sealed record MemoryStatsBody
{
    public long RSS { get; init; }
    public long Cache { get; init; }
    public long Swap { get; init; }
    public long MappedFile { get; init; }
    public long Usage { get; init; }
    public long MaxUsage { get; init; }
    public long KernelUsage { get; init; }
    public long KernelMaxUsage { get; init; }
    public required IReadOnlyList<string> Measured { get; init; }
}

/// <summary>Nomad's CpuStats: percent of one core, ticks in MHz; what is not in <see cref="Measured"/> is not known.</summary>
internal sealed record CpuStatsBody
{
    public double SystemMode { get; init; }
    public double UserMode { get; init; }
    public double TotalTicks { get; init; }
    public long ThrottledPeriods { get; init; }
    public long ThrottledTime { get; init; }
    public double Percent { get; init; }
    public required IReadOnlyList<string> Measured { get; init; }
}

/// <summary>Nomad's HostStats: bytes, percent, seconds, MHz.</summary>
internal sealed record NodeUsageBody
{
    public required NodeMemoryBody Memory { get; init; }
    public required IReadOnlyList<NodeCpuBody> CPU { get; init; }
    public required IReadOnlyList<DiskBody> DiskStats { get; init; }

    /// <summary>Of the file system that allocations' folders are on.</summary>
    public required DiskBody AllocDirStats { get; init; }

    /// <summary>None are known.</summary>
    public IReadOnlyList<string> DeviceStats { get; init; } = [];

    public required long Uptime { get; init; }

    /// <summary>Nanoseconds since 1970.</summary>
    public required long Timestamp { get; init; }

    public required double CPUTicksConsumed { get; init; }
}

internal sealed record NodeMemoryBody(long Total, long Available, long Used, long Free);

internal sealed record NodeCpuBody(string CPU, double User, double System, double Idle, double TotalPercent, double TotalTicks);

internal sealed record DiskBody(string Device, string Mountpoint, long Size, long Used, long Available, double UsedPercent, double InodesUsedPercent);
