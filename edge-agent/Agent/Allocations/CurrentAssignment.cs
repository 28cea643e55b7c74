using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.State;

namespace Saas.EdgeAgent.Allocations;

/// <summary>The newest assignment, from disk or from the server; on disk before anyone acts by it.</summary>
internal sealed class CurrentAssignment
{
    private readonly StateFile<NodeAssignment> _file;
    private readonly string _nodeId;
    private State? _state;

    public CurrentAssignment(StateFile<NodeAssignment> file, string nodeId)
    {
        _file = file;
        _nodeId = nodeId;
        _state = file.Read() is { } document ? new State(document) : null;
    }

    public ChangeSignal Changed { get; } = new();

    /// <summary>Whether one was seen, now or by an agent before this one.</summary>
    public bool IsKnown => Volatile.Read(ref _state) is not null;

    /// <summary>0 if none was seen.</summary>
    public long Index => Volatile.Read(ref _state)?.Document.Index ?? 0;

    /// <summary>Ids of what the assignment holds; empty if none was seen.</summary>
    public IReadOnlyCollection<string> Ids => (IReadOnlyCollection<string>?)Volatile.Read(ref _state)?.ById.Keys ?? [];

    /// <summary>
    /// False if the document is not for us or is what we have. A lower index is taken like a higher one: the store was restored, and its
    /// truth is what counts. Answers cannot overtake each other, because only one request is under way.
    /// </summary>
    public bool Accept(NodeAssignment document)
    {
        var known = Volatile.Read(ref _state)?.Document;
        if (document.NodeId != _nodeId || known is not null && (document.Index, document.Epoch) == (known.Index, known.Epoch))
        {
            return false;
        }

        _file.Write(document);
        Volatile.Write(ref _state, new State(document));
        Changed.Raise();
        return true;
    }

    public (Wanted Wanted, AssignedAllocation? Assigned) Lookup(string id)
    {
        if (Volatile.Read(ref _state) is not { } state)
        {
            return (Wanted.Unknown, null);
        }

        return state.ById.TryGetValue(id, out var assigned)
            ? (assigned.DesiredStatus == DesiredStatus.Run ? Wanted.Run : Wanted.Stop, assigned)
            : (Wanted.Gone, null);
    }

    private sealed class State(NodeAssignment document)
    {
        public NodeAssignment Document { get; } = document;

        public Dictionary<string, AssignedAllocation> ById { get; } = document.Allocations
            .Where(allocation => AssignmentGuard.IsSafeId(allocation.Id))
            .DistinctBy(allocation => allocation.Id)
            .ToDictionary(allocation => allocation.Id, StringComparer.Ordinal);
    }
}
