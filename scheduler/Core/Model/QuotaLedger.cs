namespace Saas.Scheduler.Core.Model;

/// <summary>The most that a project's allocations may reserve in the cell. Null: any amount.</summary>
public sealed record Quota(long? CpuMhz, long? Cores, long? MemoryMb, long? DiskMb, long? Allocations);

/// <summary>What each project has reserved in the cell, beside what it may. Not safe for concurrent use.</summary>
public sealed class QuotaLedger
{
    private readonly Dictionary<string, Entry> _projects = [];

    /// <summary>A quota below what is in use stops nothing that runs; it only lets nothing more in.</summary>
    /// <param name="quota">Null: none any more.</param>
    /// <returns>Whether it is another one than before.</returns>
    public bool Set(string projectId, Quota? quota)
    {
        var entry = EntryOf(projectId);
        var isNew = entry.Quota != quota;
        entry.Quota = quota;
        return isNew;
    }

    /// <summary>Projects that have one.</summary>
    public IReadOnlyList<string> Limited => [.. _projects.Where(static pair => pair.Value.Quota is not null).Select(static pair => pair.Key)];

    internal void Add(string projectId, ResourceAsk ask) => EntryOf(projectId).Change(ask, 1);

    internal void Remove(string projectId, ResourceAsk ask) => EntryOf(projectId).Change(ask, -1);

    /// <summary>What the quota has too little left of for one more; null: it has room.</summary>
    internal string? Lacks(string projectId, ResourceAsk ask) =>
        _projects.TryGetValue(projectId, out var entry) ? entry.Lacks(ask) : null;

    private Entry EntryOf(string projectId)
    {
        if (!_projects.TryGetValue(projectId, out var entry))
        {
            entry = new Entry();
            _projects.Add(projectId, entry);
        }

        return entry;
    }

    private sealed class Entry
    {
        private long _cpuMhz;
        private long _cores;
        private long _memoryMb;
        private long _diskMb;
        private long _allocations;

        public Quota? Quota { get; set; }

        public void Change(ResourceAsk ask, int sign)
        {
            _cpuMhz += sign * ask.CpuMhz;
            _cores += sign * ask.Cores;
            _memoryMb += sign * ask.MemoryMb;
            _diskMb += sign * ask.DiskMb;
            _allocations += sign;
        }

        public string? Lacks(ResourceAsk ask) => Quota switch
        {
            null => null,
            { CpuMhz: { } limit } when _cpuMhz + ask.CpuMhz > limit => "cpu",
            { Cores: { } limit } when _cores + ask.Cores > limit => "cores",
            { MemoryMb: { } limit } when _memoryMb + ask.MemoryMb > limit => "memory",
            { DiskMb: { } limit } when _diskMb + ask.DiskMb > limit => "disk",
            { Allocations: { } limit } when _allocations >= limit => "allocations",
            _ => null,
        };
    }
}
