using Saas.Scheduler.Core.Feasibility;

namespace Saas.Scheduler.Core.Model;

/// <summary>
/// The nodes of a cell in columns: what is compared once per node and placement stands in flat arrays, what is compared
/// once per class stands in <see cref="Classes"/>. Immutable; made anew when a node changes, shared by every plan in
/// between. What is in use stands apart, in <see cref="NodeUsage"/>.
/// </summary>
public sealed class NodeTable
{
    private readonly Dictionary<string, int> _byId;
    private readonly NodeSpec[] _nodes;

    public NodeTable(IEnumerable<NodeSpec> nodes)
    {
        // In the order of ids, so that equal clusters are equal tables whatever order their nodes were read in.
        _nodes = [.. nodes.OrderBy(static node => node.Id, StringComparer.Ordinal)];
        _byId = new Dictionary<string, int>(_nodes.Length);
        (CpuMhz, Cores, MemoryMb, DiskMb, DocumentBytes, MhzPerCore, ClassOf, Ready, IdHash) = (
            new int[_nodes.Length], new int[_nodes.Length], new int[_nodes.Length], new int[_nodes.Length],
            new int[_nodes.Length], new int[_nodes.Length], new int[_nodes.Length], new bool[_nodes.Length],
            new ulong[_nodes.Length]);

        var classes = new ComputedClasses();
        for (var i = 0; i < _nodes.Length; i++)
        {
            var node = _nodes[i];
            _byId.Add(node.Id, i);
            CpuMhz[i] = node.CpuMhz;
            Cores[i] = node.Cores;
            MemoryMb[i] = node.MemoryMb;
            DiskMb[i] = node.DiskMb;
            DocumentBytes[i] = node.DocumentBytes;
            MhzPerCore[i] = node.Cores > 0 ? node.CpuMhz / node.Cores : 0;
            ClassOf[i] = classes.Of(node);
            Ready[i] = node.Status == NodeStatus.Ready;
            IdHash[i] = StableHash.Of(node.Id);
        }

        Classes = classes.All;
    }

    public int Count => _nodes.Length;

    /// <summary>One node of each computed class, by the numbers in <see cref="ClassOf"/>.</summary>
    internal IReadOnlyList<NodeSpec> Classes { get; }

    internal int[] CpuMhz { get; }
    internal int[] Cores { get; }
    internal int[] MemoryMb { get; }
    internal int[] DiskMb { get; }
    internal int[] DocumentBytes { get; }
    internal int[] MhzPerCore { get; }
    internal int[] ClassOf { get; }
    internal bool[] Ready { get; }

    /// <summary>Of the id: ties are broken by it, so that they do not depend on a node's place in the table.</summary>
    internal ulong[] IdHash { get; }

    public NodeSpec this[int node] => _nodes[node];

    /// <summary>-1 for a node that is not there.</summary>
    public int IndexOf(string nodeId) => _byId.GetValueOrDefault(nodeId, -1);

    /// <summary>Down, or not there any more: what ran on it is lost.</summary>
    public bool IsGone(string nodeId) => IndexOf(nodeId) is var node && (node < 0 || _nodes[node].Status == NodeStatus.Down);
}
