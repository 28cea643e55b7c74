namespace Saas.Scheduler.Core.Model;

/// <summary>
/// What is reserved on each node of one <see cref="NodeTable"/>, in columns. Not safe for concurrent use; a plan works
/// on its own <see cref="Copy"/>.
/// </summary>
public sealed class NodeUsage
{
    private readonly NodeTable _nodes;
    private readonly int[] _cpuMhz;
    private readonly int[] _cores;
    private readonly int[] _memoryMb;
    private readonly int[] _diskMb;
    private readonly int[] _documentBytes;

    public NodeUsage(NodeTable nodes)
        : this(
            nodes, new int[nodes.Count], new int[nodes.Count], new int[nodes.Count], new int[nodes.Count],
            new int[nodes.Count])
    {
    }

    private NodeUsage(NodeTable nodes, int[] cpuMhz, int[] cores, int[] memoryMb, int[] diskMb, int[] documentBytes) =>
        (_nodes, _cpuMhz, _cores, _memoryMb, _diskMb, _documentBytes) =
        (nodes, cpuMhz, cores, memoryMb, diskMb, documentBytes);

    public NodeUsage Copy() => new(
        _nodes, (int[])_cpuMhz.Clone(), (int[])_cores.Clone(), (int[])_memoryMb.Clone(), (int[])_diskMb.Clone(),
        (int[])_documentBytes.Clone());

    public void Add(int node, in ResourceAsk ask) => Change(node, ask, 1);

    public void Remove(int node, in ResourceAsk ask) => Change(node, ask, -1);

    /// <summary>Takes or gives back room in the node's document, for an allocation that changes there; what shrinks always may.</summary>
    /// <returns>False, and nothing is taken: the document would be too large.</returns>
    public bool TryResizeDocument(int node, int bytes)
    {
        if (bytes > 0 && (long)_documentBytes[node] + bytes > _nodes.DocumentBytes[node])
        {
            return false;
        }

        _documentBytes[node] += bytes;
        return true;
    }

    /// <summary>The first dimension the node has too little left of.</summary>
    public ResourceDimension Lacks(int node, in ResourceAsk ask)
    {
        // Cores before MHz: whole cores take their MHz with them, and would never be named.
        // In 64 bits: two asks at the largest allowed value may not wrap around.
        if ((long)_cores[node] + ask.Cores > _nodes.Cores[node])
        {
            return ResourceDimension.Cores;
        }

        if ((long)_cpuMhz[node] + MhzOf(node, ask) > _nodes.CpuMhz[node])
        {
            return ResourceDimension.Cpu;
        }

        if ((long)_memoryMb[node] + ask.MemoryMb > _nodes.MemoryMb[node])
        {
            return ResourceDimension.Memory;
        }

        if ((long)_diskMb[node] + ask.DiskMb > _nodes.DiskMb[node])
        {
            return ResourceDimension.Disk;
        }

        return (long)_documentBytes[node] + ask.DocumentBytes > _nodes.DocumentBytes[node]
            ? ResourceDimension.Document
            : ResourceDimension.None;
    }

    /// <summary>Share of the node's MHz that would be free with <paramref name="ask"/> on it: 0 to 1 where it fits.</summary>
    internal double FreeCpuWith(int node, in ResourceAsk ask) =>
        Free(_cpuMhz[node] + MhzOf(node, ask), _nodes.CpuMhz[node]);

    /// <summary>Share of the node's memory that would be free with <paramref name="ask"/> on it: 0 to 1 where it fits.</summary>
    internal double FreeMemoryWith(int node, in ResourceAsk ask) =>
        Free((long)_memoryMb[node] + ask.MemoryMb, _nodes.MemoryMb[node]);

    private static double Free(long used, int total) => total > 0 ? 1 - ((double)used / total) : 0;

    private long MhzOf(int node, in ResourceAsk ask) => ask.CpuMhz + ((long)ask.Cores * _nodes.MhzPerCore[node]);

    private void Change(int node, in ResourceAsk ask, int sign)
    {
        _cpuMhz[node] += sign * (int)MhzOf(node, ask);
        _cores[node] += sign * ask.Cores;
        _memoryMb[node] += sign * ask.MemoryMb;
        _diskMb[node] += sign * ask.DiskMb;
        _documentBytes[node] += sign * ask.DocumentBytes;
    }
}
