using Saas.Scheduler.Core.Feasibility;

namespace Saas.Scheduler.Core.Model;

/// <summary>
/// The nodes in columns, by slot. A slot stays a node's as long as it is enrolled or has something in its document, so
/// what hangs on slots elsewhere stays right while nodes change. What changed since somebody last looked is in
/// <see cref="Changes"/>.
/// </summary>
internal sealed class NodeTable
{
    private static readonly List<AllocationState> Nothing = [];

    private readonly Dictionary<string, int> _slots = [];
    private readonly Stack<int> _free = [];
    private NodeSpec?[] _specs = [];
    private string[] _ids = [];
    private List<AllocationState>?[] _allocations = [];
    private List<int> _tieOrder = [];
    private int _tieOrderOf = -1;

    public int[] CpuMhz = [];
    public int[] Cores = [];
    public int[] MemoryMb = [];
    public int[] DiskMb = [];
    public int[] DocumentBytes = [];
    public int[] MhzPerCore = [];
    public int[] ClassOf = [];

    /// <summary>Takes new allocations.</summary>
    public bool[] Open = [];

    /// <summary>Of the id: ties are broken by it, so that they do not depend on the order nodes came in.</summary>
    public ulong[] IdHash = [];

    /// <summary>How many on it were told to stop and have not ended.</summary>
    public int[] Leaving = [];

    public ComputedClasses Classes { get; } = new();

    public SlotJournal Changes { get; } = new();

    /// <summary>Rises when a node comes, goes, or becomes of another kind: what was derived from kinds is void.</summary>
    public int Topology { get; private set; }

    /// <summary>Rises with <see cref="Topology"/> and when a node opens or closes.</summary>
    public int Openness { get; private set; }

    /// <summary>Slots in use are below it.</summary>
    public int SlotCount { get; private set; }

    public int PresentCount { get; private set; }

    /// <summary>In the order in which ties are broken.</summary>
    public IEnumerable<NodeSpec> Present
    {
        get
        {
            foreach (var slot in InTieOrder())
            {
                yield return _specs[slot]!;
            }
        }
    }

    public NodeSpec? SpecOf(int slot) => _specs[slot];

    public string IdOf(int slot) => _ids[slot];

    public List<AllocationState> AllocationsOf(int slot) => _allocations[slot] ?? Nothing;

    /// <summary>-1: the node is not known.</summary>
    public int SlotOf(string nodeId) => _slots.GetValueOrDefault(nodeId, -1);

    /// <summary>As <see cref="SlotOf(string)"/>, of the node that has it: the slot it was last put into, if that is the node's.</summary>
    public int SlotOf(AllocationState allocation) =>
        (uint)allocation.Slot < (uint)SlotCount && _ids[allocation.Slot] == allocation.NodeId ? allocation.Slot : SlotOf(allocation.NodeId);

    public int SlotFor(string nodeId)
    {
        if (_slots.TryGetValue(nodeId, out var slot))
        {
            return slot;
        }

        slot = _free.Count > 0 ? _free.Pop() : SlotCount++;
        if (slot == _ids.Length)
        {
            Grow(Math.Max(16, slot * 2));
        }

        _slots.Add(nodeId, slot);
        (_ids[slot], IdHash[slot]) = (nodeId, StableHash.Of(nodeId));
        return slot;
    }

    public int Put(NodeSpec node)
    {
        var slot = SlotFor(node.Id);
        var before = _specs[slot];
        _specs[slot] = node;
        (CpuMhz[slot], Cores[slot], MemoryMb[slot], DiskMb[slot], DocumentBytes[slot]) =
            (node.CpuMhz, node.Cores, node.MemoryMb, node.DiskMb, node.DocumentBytes);
        MhzPerCore[slot] = node.Cores > 0 ? node.CpuMhz / node.Cores : 0;
        if (before is null || !IsOfOneKind(before, node))
        {
            PresentCount += before is null ? 1 : 0;
            ClassOf[slot] = Classes.Of(node);
            Topology++;
            Openness++;
        }

        SetOpen(slot, node.IsOpen);
        Changes.Add(slot);
        return slot;
    }

    public void Remove(int slot)
    {
        if (_specs[slot] is null)
        {
            return;
        }

        _specs[slot] = null;
        (CpuMhz[slot], Cores[slot], MemoryMb[slot], DiskMb[slot], DocumentBytes[slot], MhzPerCore[slot]) = (0, 0, 0, 0, 0, 0);
        PresentCount--;
        Topology++;
        Openness++;
        SetOpen(slot, isOpen: false);
        FreeIfUnused(slot);
    }

    public void AddAllocation(int slot, AllocationState allocation)
    {
        (_allocations[slot] ??= []).Add(allocation);
        allocation.Slot = slot;
        Leaving[slot] += allocation.IsLeaving ? 1 : 0;
        Changes.Add(slot);
    }

    public void ReplaceAllocation(int slot, AllocationState before, AllocationState after)
    {
        _allocations[slot]![PositionOf(slot, before)] = after;
        after.Slot = slot;
        Leaving[slot] += (after.IsLeaving ? 1 : 0) - (before.IsLeaving ? 1 : 0);
    }

    public void RemoveAllocation(int slot, AllocationState allocation)
    {
        _allocations[slot]!.RemoveAt(PositionOf(slot, allocation));
        Leaving[slot] -= allocation.IsLeaving ? 1 : 0;
        Changes.Add(slot);
    }

    public void FreeIfUnused(int slot)
    {
        if (_specs[slot] is null && AllocationsOf(slot).Count == 0 && _slots.Remove(_ids[slot]))
        {
            _free.Push(slot);
            _ids[slot] = "";
            _allocations[slot] = null;
        }
    }

    /// <summary>
    /// Slots of the nodes there are, in the order in which ties are broken: random as to the nodes, and the same whatever
    /// order they came in.
    /// </summary>
    public IReadOnlyList<int> InTieOrder()
    {
        if (_tieOrderOf != Topology)
        {
            var slots = new List<int>(PresentCount);
            for (var slot = 0; slot < SlotCount; slot++)
            {
                if (_specs[slot] is not null)
                {
                    slots.Add(slot);
                }
            }

            slots.Sort((one, other) => IdHash[one] != IdHash[other]
                ? IdHash[one].CompareTo(IdHash[other])
                : string.CompareOrdinal(_ids[one], _ids[other]));
            (_tieOrder, _tieOrderOf) = (slots, Topology);
        }

        return _tieOrder;
    }

    private static bool IsOfOneKind(NodeSpec one, NodeSpec other) =>
        one.ClassKey == other.ClassKey && one.Name == other.Name && one.PricePerHourMicros == other.PricePerHourMicros
        && (one.CpuMhz, one.Cores, one.MemoryMb, one.DiskMb) == (other.CpuMhz, other.Cores, other.MemoryMb, other.DiskMb)
        && ComputedClasses.UniqueKeyOf(one) == ComputedClasses.UniqueKeyOf(other);

    /// <summary>By id: what somebody holds may be an older state of the same allocation.</summary>
    private int PositionOf(int slot, AllocationState allocation)
    {
        var list = _allocations[slot]!;
        for (var i = list.Count - 1; i >= 0; i--)
        {
            if (ReferenceEquals(list[i], allocation))
            {
                return i;
            }
        }

        return list.FindIndex(other => other.Id == allocation.Id);
    }

    private void SetOpen(int slot, bool isOpen)
    {
        if (Open[slot] != isOpen)
        {
            Open[slot] = isOpen;
            Openness++;
        }

        Changes.Add(slot);
    }

    private void Grow(int size)
    {
        Array.Resize(ref _specs, size);
        Array.Resize(ref _ids, size);
        Array.Resize(ref _allocations, size);
        Array.Resize(ref CpuMhz, size);
        Array.Resize(ref Cores, size);
        Array.Resize(ref MemoryMb, size);
        Array.Resize(ref DiskMb, size);
        Array.Resize(ref DocumentBytes, size);
        Array.Resize(ref MhzPerCore, size);
        Array.Resize(ref ClassOf, size);
        Array.Resize(ref Open, size);
        Array.Resize(ref IdHash, size);
        Array.Resize(ref Leaving, size);
    }
}
