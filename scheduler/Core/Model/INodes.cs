namespace Saas.Scheduler.Core.Model;

/// <summary>The nodes of a cell, as reconciliation needs to see them.</summary>
public interface INodes
{
    /// <summary>All, each once, in an order that does not depend on the one they came in.</summary>
    IEnumerable<NodeSpec> All { get; }

    /// <summary>Null: there is no such node (any more).</summary>
    NodeSpec? Find(string nodeId);

    /// <summary>The node that has the allocation; null: there is no such node (any more).</summary>
    NodeSpec? NodeOf(AllocationState allocation) => Find(allocation.NodeId);

    /// <summary>Nothing but system and sysbatch jobs is left on the node.</summary>
    bool HasOnlySystem(string nodeId);
}
