namespace Saas.Contracts.Agents;

/// <summary>At-least-once: a repeated sample (same allocation and start) is counted once.</summary>
public sealed record UsageReport(IReadOnlyList<UsageSample> Samples);

/// <summary>What one allocation reserved from <see cref="From"/> to <see cref="To"/>. Never spans a full UTC hour.</summary>
public sealed record UsageSample
{
    public required string AllocationId { get; init; }
    public required string ProjectId { get; init; }
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }

    /// <summary>Reserved virtual CPUs in thousandths, times milliseconds.</summary>
    public required long VcpuMilliMilliseconds { get; init; }

    /// <summary>Reserved MiB times milliseconds.</summary>
    public required long MemoryMibMilliseconds { get; init; }
}
