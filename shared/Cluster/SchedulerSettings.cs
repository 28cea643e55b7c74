namespace Saas.Cluster;

/// <summary>How a cell is scheduled (Nomad's operator scheduler configuration). Without a row: the defaults.</summary>
public sealed record SchedulerSettings
{
    /// <summary><c>binpack</c> or <c>spread</c>.</summary>
    public string Algorithm { get; init; } = "binpack";

    /// <summary>
    /// Tasks may use more memory than they reserve, up to their <c>memory_max</c>; without it that says nothing. Counts for what
    /// is placed or updated from then on.
    /// </summary>
    public bool MemoryOversubscription { get; init; }

    // Whether jobs of a type may take the room of jobs whose priority is lower by 10 or more.
    public bool PreemptForSystem { get; init; } = true;
    public bool PreemptForSysBatch { get; init; }
    public bool PreemptForService { get; init; }
    public bool PreemptForBatch { get; init; }

    /// <summary>Of this row alone: rises with every change.</summary>
    public long ModifyIndex { get; init; }
}

/// <summary>The most that a project's allocations may reserve in one region. Null: any amount.</summary>
public sealed record ProjectQuota
{
    public required string ProjectId { get; init; }
    public required string Region { get; init; }
    public long? CpuMhz { get; init; }
    public long? Cores { get; init; }
    public long? MemoryMb { get; init; }
    public long? DiskMb { get; init; }
    public long? Allocations { get; init; }
}
