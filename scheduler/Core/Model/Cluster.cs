using Saas.Scheduler.Core.Grants;

namespace Saas.Scheduler.Core.Model;

/// <summary>
/// A cell in memory: its nodes and what stands in their documents, laid out for placing. Changed by its owner as rows
/// change. Planning reserves on it while it plans, and leaves it as it was. Not safe for concurrent use.
/// </summary>
public sealed class Cluster : INodes
{
    /// <summary>What is compared once per node stands in columns, by slot.</summary>
    internal NodeTable Nodes { get; } = new();

    internal NodeUsage Usage { get; }

    internal GrantLedger Grants { get; }

    public QuotaLedger Quotas { get; } = new();

    internal Selection.CandidateIndexes Indexes { get; }

    public PlacementSettings Settings
    {
        get;
        set
        {
            if (field != value)
            {
                field = value;
                Indexes.Clear();
            }
        }
    } = PlacementSettings.Default;

    public Cluster()
    {
        Usage = new NodeUsage(Nodes);
        Grants = new GrantLedger(Nodes);
        Indexes = new Selection.CandidateIndexes(this);
    }

    /// <summary>Nodes that are enrolled.</summary>
    public int Count => Nodes.PresentCount;

    /// <summary>In an order of their own, the same whatever order they came in.</summary>
    public IEnumerable<NodeSpec> All => Nodes.Present;

    public NodeSpec? Find(string nodeId) => Nodes.SlotOf(nodeId) is var slot and >= 0 ? Nodes.SpecOf(slot) : null;

    public NodeSpec? NodeOf(AllocationState allocation) => Nodes.SlotOf(allocation) is var slot and >= 0 ? Nodes.SpecOf(slot) : null;

    /// <summary>In the node's document. Valid until the next change.</summary>
    public IReadOnlyList<AllocationState> AllocationsOn(string nodeId) =>
        Nodes.SlotOf(nodeId) is var slot and >= 0 ? Nodes.AllocationsOf(slot) : [];

    public bool HasOnlySystem(string nodeId)
    {
        foreach (var allocation in AllocationsOn(nodeId))
        {
            if (!allocation.IsPerNode && !allocation.IsTerminal)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>How many more allocations of the group the node could take, as far as the node is concerned; at most <paramref name="limit"/>.</summary>
    public int RoomFor(JobSpec job, GroupSpec group, string nodeId, int limit)
    {
        if (Nodes.SlotOf(nodeId) is not (>= 0 and var slot) || !Indexes.Of(job, group).Shape.Admits(slot))
        {
            return 0;
        }

        return group.Ask.AsksForThings ? 1 : Usage.CountOf(slot, group.Ask, limit);
    }

    /// <summary>A new node, or what became of a known one. What is on it stays reserved.</summary>
    public void Put(NodeSpec node)
    {
        var slot = Nodes.Put(node);

        // Whole cores are counted with the node's MHz for a core, which may be others now.
        Usage.Clear(slot);
        foreach (var allocation in Nodes.AllocationsOf(slot))
        {
            Usage.Add(slot, allocation.Ask);
        }
    }

    public void Remove(string nodeId)
    {
        if (Nodes.SlotOf(nodeId) is var slot and >= 0)
        {
            Nodes.Remove(slot);
            Usage.Resize(slot);
        }
    }

    /// <summary>Puts an allocation in the place of what was known of it before.</summary>
    /// <param name="before">Null: nothing.</param>
    /// <param name="after">Null, or not assigned: it is in no document any more.</param>
    public void Replace(AllocationState? before, AllocationState? after)
    {
        var wasThere = before is { Assigned: true };
        var isThere = after is { Assigned: true };
        if (wasThere && isThere && before!.NodeId == after!.NodeId && ReferenceEquals(before.Ask, after.Ask) && before.Grant == after.Grant)
        {
            Nodes.ReplaceAllocation(Nodes.SlotOf(before), before, after);
            return;
        }

        if (wasThere)
        {
            var slot = Nodes.SlotOf(before!);
            Nodes.RemoveAllocation(slot, before!);
            Release(slot, before!.ProjectId, before.Ask, before.Grant);
            Nodes.FreeIfUnused(slot);
        }

        if (isThere)
        {
            var slot = Nodes.SlotFor(after!.NodeId);
            Nodes.AddAllocation(slot, after);
            Reserve(slot, after.ProjectId, after.Ask, after.Grant);
        }
    }

    internal void Reserve(int slot, string projectId, ResourceAsk ask, Grant? grant)
    {
        Usage.Add(slot, ask);
        Quotas.Add(projectId, ask);
        if (grant is not null)
        {
            Grants.Add(slot, grant);
        }
    }

    internal void Release(int slot, string projectId, ResourceAsk ask, Grant? grant)
    {
        Usage.Remove(slot, ask);
        Quotas.Remove(projectId, ask);
        if (grant is not null)
        {
            Grants.Remove(slot, grant);
        }
    }
}
