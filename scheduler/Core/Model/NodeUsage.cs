namespace Saas.Scheduler.Core.Model;

/// <summary>What is reserved on each node, in columns, by slot. What was told to stop counts until it has ended.</summary>
internal sealed class NodeUsage(NodeTable nodes)
{
    private int[] _cpuMhz = [];
    private int[] _cores = [];
    private int[] _memoryMb = [];
    private int[] _diskMb = [];
    private int[] _documentBytes = [];

    public void Add(int slot, ResourceAsk ask) => Change(slot, ask, 1);

    public void Remove(int slot, ResourceAsk ask) => Change(slot, ask, -1);

    public void Clear(int slot)
    {
        Grow(slot);
        (_cpuMhz[slot], _cores[slot], _memoryMb[slot], _diskMb[slot], _documentBytes[slot]) = (0, 0, 0, 0, 0);
    }

    /// <summary>Takes or gives back room in the node's document, for an allocation that changes there; what shrinks always may.</summary>
    /// <returns>False, and nothing is taken: the document would be too large.</returns>
    public bool TryResizeDocument(int slot, int bytes)
    {
        if (bytes > 0 && (long)_documentBytes[slot] + bytes > nodes.DocumentBytes[slot])
        {
            return false;
        }

        ResizeDocument(slot, bytes);
        return true;
    }

    public void ResizeDocument(int slot, int bytes)
    {
        _documentBytes[slot] += bytes;
        nodes.Changes.Add(slot);
    }

    /// <summary>The first dimension the node has too little left of.</summary>
    public ResourceDimension Lacks(int slot, ResourceAsk ask) => Lacks(slot, ask, default);

    /// <param name="spare">What counts as free although it is still reserved.</param>
    public ResourceDimension Lacks(int slot, ResourceAsk ask, in Amounts spare)
    {
        // Cores before MHz: whole cores take their MHz with them, and would never be named.
        // In 64 bits: two asks at the largest allowed value may not wrap around.
        if ((long)_cores[slot] - spare.Cores + ask.Cores > nodes.Cores[slot])
        {
            return ResourceDimension.Cores;
        }

        if (_cpuMhz[slot] - spare.CpuMhz + MhzOf(slot, ask) > nodes.CpuMhz[slot])
        {
            return ResourceDimension.Cpu;
        }

        if ((long)_memoryMb[slot] - spare.MemoryMb + ask.MemoryMb > nodes.MemoryMb[slot])
        {
            return ResourceDimension.Memory;
        }

        if ((long)_diskMb[slot] - spare.DiskMb + ask.DiskMb > nodes.DiskMb[slot])
        {
            return ResourceDimension.Disk;
        }

        return (long)_documentBytes[slot] + ask.DocumentBytes > nodes.DocumentBytes[slot]
            ? ResourceDimension.Document
            : ResourceDimension.None;
    }

    /// <summary>How many of these the node has room for; at most <paramref name="limit"/>.</summary>
    public int CountOf(int slot, ResourceAsk ask, int limit)
    {
        Limit(nodes.Cores[slot] - _cores[slot], ask.Cores);
        Limit(nodes.CpuMhz[slot] - _cpuMhz[slot], MhzOf(slot, ask));
        Limit(nodes.MemoryMb[slot] - _memoryMb[slot], ask.MemoryMb);
        Limit(nodes.DiskMb[slot] - _diskMb[slot], ask.DiskMb);
        Limit(nodes.DocumentBytes[slot] - _documentBytes[slot], ask.DocumentBytes);
        return limit;

        void Limit(long free, long asked) => limit = asked > 0 ? (int)Math.Clamp(free / asked, 0, limit) : limit;
    }

    /// <summary>Share of the node's MHz that would be free with <paramref name="ask"/> on it: 0 to 1 where it fits.</summary>
    public double FreeCpuWith(int slot, ResourceAsk ask, in Amounts spare) =>
        Free(_cpuMhz[slot] - spare.CpuMhz + MhzOf(slot, ask), nodes.CpuMhz[slot]);

    /// <summary>Share of the node's memory that would be free with <paramref name="ask"/> on it: 0 to 1 where it fits.</summary>
    public double FreeMemoryWith(int slot, ResourceAsk ask, in Amounts spare) =>
        Free((long)_memoryMb[slot] - spare.MemoryMb + ask.MemoryMb, nodes.MemoryMb[slot]);

    public Amounts AmountsOf(int slot, ResourceAsk ask) => new(MhzOf(slot, ask), ask.Cores, ask.MemoryMb, ask.DiskMb);

    private static double Free(long used, int total) => total > 0 ? 1 - ((double)used / total) : 0;

    private long MhzOf(int slot, ResourceAsk ask) => ask.CpuMhz + ((long)ask.Cores * nodes.MhzPerCore[slot]);

    private void Change(int slot, ResourceAsk ask, int sign)
    {
        Grow(slot);
        _cpuMhz[slot] += sign * (int)MhzOf(slot, ask);
        _cores[slot] += sign * ask.Cores;
        _memoryMb[slot] += sign * ask.MemoryMb;
        _diskMb[slot] += sign * ask.DiskMb;
        _documentBytes[slot] += sign * ask.DocumentBytes;
        nodes.Changes.Add(slot);
    }

    private void Grow(int slot)
    {
        if (slot < _cpuMhz.Length)
        {
            return;
        }

        var size = Math.Max(16, (slot + 1) * 2);
        Array.Resize(ref _cpuMhz, size);
        Array.Resize(ref _cores, size);
        Array.Resize(ref _memoryMb, size);
        Array.Resize(ref _diskMb, size);
        Array.Resize(ref _documentBytes, size);
    }
}

/// <summary>Of one node, with the MHz of whole cores counted in.</summary>
internal readonly record struct Amounts(long CpuMhz, long Cores, long MemoryMb, long DiskMb)
{
    public static Amounts operator +(in Amounts one, in Amounts other) => new(
        one.CpuMhz + other.CpuMhz, one.Cores + other.Cores, one.MemoryMb + other.MemoryMb, one.DiskMb + other.DiskMb);
}
