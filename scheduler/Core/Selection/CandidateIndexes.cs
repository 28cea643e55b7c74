using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Selection;

/// <summary>The shapes that were asked for lately, with their indexes. Bounded: a shape used least lately is forgotten.</summary>
internal sealed class CandidateIndexes(Cluster cluster)
{
    /// <summary>An index takes some 30 bytes a node.</summary>
    private const int Capacity = 128;

    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = new();

    public void Clear()
    {
        _entries.Clear();
        _byUse.Clear();
    }

    public Entry Of(JobSpec job, GroupSpec group)
    {
        var key = PlacementShape.KeyOf(job, group);
        if (_entries.TryGetValue(key, out var found))
        {
            _byUse.Remove(found);
            _byUse.AddFirst(found);
            return found.Value;
        }

        if (_entries.Count == Capacity)
        {
            _entries.Remove(_byUse.Last!.Value.Key);
            _byUse.RemoveLast();
        }

        var shape = new PlacementShape(cluster, job, group);
        var entry = new Entry(key, shape, new CandidateIndex(cluster, shape), new FeasibilityCounts(cluster.Nodes, shape.Feasibility));
        _entries.Add(key, _byUse.AddFirst(entry));
        return entry;
    }

    internal sealed record Entry(string Key, PlacementShape Shape, CandidateIndex Index, FeasibilityCounts Counts);
}
