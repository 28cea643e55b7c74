using System.Runtime.InteropServices;

namespace Saas.Scheduler.Core.Model;

/// <summary>
/// What is reserved on each node beside what it has, by slot: with fifty thousand nodes the time of a placement is that of
/// fetching this, so it is one cache line. What was told to stop counts until it has ended.
/// </summary>
internal sealed class NodeUsage(NodeTable nodes)
{
    private Room[] _rooms = [];

    public void Add(int slot, ResourceAsk ask) => Change(slot, ask, 1);

    public void Remove(int slot, ResourceAsk ask) => Change(slot, ask, -1);

    /// <summary>Nothing is reserved on the node, and it has what the table says.</summary>
    public void Clear(int slot)
    {
        Grow(slot);
        _rooms[slot] = default;
        Resize(slot);
    }

    /// <summary>The node has what the table says; what is reserved stays.</summary>
    public void Resize(int slot)
    {
        Grow(slot);
        ref var room = ref _rooms[slot];
        room.CpuMhz = nodes.CpuMhz[slot];
        room.Cores = nodes.Cores[slot];
        room.MemoryMb = nodes.MemoryMb[slot];
        room.DiskMb = nodes.DiskMb[slot];
        room.DocumentBytes = nodes.DocumentBytes[slot];
        room.MhzPerCore = nodes.MhzPerCore[slot];
    }

    /// <summary>Takes or gives back room in the node's document, for an allocation that changes there; what shrinks always may.</summary>
    /// <returns>False, and nothing is taken: the document would be too large.</returns>
    public bool TryResizeDocument(int slot, int bytes)
    {
        ref readonly var room = ref _rooms[slot];
        if (bytes > 0 && (long)room.UsedDocumentBytes + bytes > room.DocumentBytes)
        {
            return false;
        }

        ResizeDocument(slot, bytes);
        return true;
    }

    public void ResizeDocument(int slot, int bytes)
    {
        _rooms[slot].UsedDocumentBytes += bytes;
        nodes.Changes.Add(slot);
    }

    /// <summary>The first dimension the node has too little left of.</summary>
    public ResourceDimension Lacks(int slot, ResourceAsk ask) => Lacks(slot, ask, default);

    /// <param name="spare">What counts as free although it is still reserved.</param>
    public ResourceDimension Lacks(int slot, ResourceAsk ask, in Amounts spare)
    {
        // Cores before MHz: whole cores take their MHz with them, and would never be named.
        // In 64 bits: two asks at the largest allowed value may not wrap around.
        ref readonly var room = ref _rooms[slot];
        if ((long)room.UsedCores - spare.Cores + ask.Cores > room.Cores)
        {
            return ResourceDimension.Cores;
        }

        if (room.UsedCpuMhz - spare.CpuMhz + room.MhzOf(ask) > room.CpuMhz)
        {
            return ResourceDimension.Cpu;
        }

        if ((long)room.UsedMemoryMb - spare.MemoryMb + ask.MemoryMb > room.MemoryMb)
        {
            return ResourceDimension.Memory;
        }

        if ((long)room.UsedDiskMb - spare.DiskMb + ask.DiskMb > room.DiskMb)
        {
            return ResourceDimension.Disk;
        }

        return (long)room.UsedDocumentBytes + ask.DocumentBytes > room.DocumentBytes
            ? ResourceDimension.Document
            : ResourceDimension.None;
    }

    /// <summary>How many of these the node has room for; at most <paramref name="limit"/>.</summary>
    public int CountOf(int slot, ResourceAsk ask, int limit)
    {
        ref readonly var room = ref _rooms[slot];
        Limit(room.Cores - room.UsedCores, ask.Cores);
        Limit(room.CpuMhz - room.UsedCpuMhz, room.MhzOf(ask));
        Limit(room.MemoryMb - room.UsedMemoryMb, ask.MemoryMb);
        Limit(room.DiskMb - room.UsedDiskMb, ask.DiskMb);
        Limit(room.DocumentBytes - room.UsedDocumentBytes, ask.DocumentBytes);
        return limit;

        void Limit(long free, long asked) => limit = asked > 0 ? (int)Math.Clamp(free / asked, 0, limit) : limit;
    }

    /// <summary>Share of the node's MHz that would be free with <paramref name="ask"/> on it: 0 to 1 where it fits.</summary>
    public double FreeCpuWith(int slot, ResourceAsk ask, in Amounts spare)
    {
        ref readonly var room = ref _rooms[slot];
        return Free(room.UsedCpuMhz - spare.CpuMhz + room.MhzOf(ask), room.CpuMhz);
    }

    /// <summary>Share of the node's memory that would be free with <paramref name="ask"/> on it: 0 to 1 where it fits.</summary>
    public double FreeMemoryWith(int slot, ResourceAsk ask, in Amounts spare)
    {
        ref readonly var room = ref _rooms[slot];
        return Free((long)room.UsedMemoryMb - spare.MemoryMb + ask.MemoryMb, room.MemoryMb);
    }

    public Amounts AmountsOf(int slot, ResourceAsk ask) => new(_rooms[slot].MhzOf(ask), ask.Cores, ask.MemoryMb, ask.DiskMb);

    private static double Free(long used, int total) => total > 0 ? 1 - ((double)used / total) : 0;

    private void Change(int slot, ResourceAsk ask, int sign)
    {
        Grow(slot);
        ref var room = ref _rooms[slot];
        room.UsedCpuMhz += sign * (int)room.MhzOf(ask);
        room.UsedCores += sign * ask.Cores;
        room.UsedMemoryMb += sign * ask.MemoryMb;
        room.UsedDiskMb += sign * ask.DiskMb;
        room.UsedDocumentBytes += sign * ask.DocumentBytes;
        nodes.Changes.Add(slot);
    }

    private void Grow(int slot)
    {
        if (slot >= _rooms.Length)
        {
            Array.Resize(ref _rooms, Math.Max(16, (slot + 1) * 2));
        }
    }

    /// <summary>What a node has, and what of it is reserved.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Room
    {
        public int CpuMhz;
        public int Cores;
        public int MemoryMb;
        public int DiskMb;
        public int DocumentBytes;
        public int MhzPerCore;
        public int UsedCpuMhz;
        public int UsedCores;
        public int UsedMemoryMb;
        public int UsedDiskMb;
        public int UsedDocumentBytes;

        public readonly long MhzOf(ResourceAsk ask) => ask.CpuMhz + ((long)ask.Cores * MhzPerCore);
    }
}

/// <summary>Of one node, with the MHz of whole cores counted in.</summary>
internal readonly record struct Amounts(long CpuMhz, long Cores, long MemoryMb, long DiskMb)
{
    public static Amounts operator +(in Amounts one, in Amounts other) => new(
        one.CpuMhz + other.CpuMhz, one.Cores + other.Cores, one.MemoryMb + other.MemoryMb, one.DiskMb + other.DiskMb);
}
