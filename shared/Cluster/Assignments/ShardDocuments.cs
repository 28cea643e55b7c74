namespace Saas.Cluster.Assignments;

/// <summary>An allocation as stored, and the node whose document it is in.</summary>
public readonly record struct PlacedAllocation(StoredAllocation Allocation, string NodeId);

/// <summary>The documents of one shard of a cell as they were at one moment. Immutable, safe for concurrent use.</summary>
public sealed class ShardDocuments(IReadOnlyList<AssignmentDocument> documents)
{
    private readonly Lazy<PlacedAllocation[]> _byId = new(() => SortedOf(documents));
    private readonly Lazy<Dictionary<string, string>> _successors = new(() => SuccessorsOf(documents));

    public IReadOnlyList<AssignmentDocument> Documents => documents;

    /// <summary>In all of them.</summary>
    public int Allocations { get; } = documents.Sum(static document => document.Allocations.Count);

    /// <summary>All of them, in the ordinal order of their ids.</summary>
    public IReadOnlyList<PlacedAllocation> ById => _byId.Value;

    /// <summary>What came after an allocation, by that one's id.</summary>
    public IReadOnlyDictionary<string, string> Successors => _successors.Value;

    /// <summary>Where in <see cref="ById"/> the ids begin that are not before this one.</summary>
    public int Find(string id)
    {
        var (sorted, low, high) = (_byId.Value, 0, _byId.Value.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (string.CompareOrdinal(sorted[middle].Allocation.Id, id) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static PlacedAllocation[] SortedOf(IReadOnlyList<AssignmentDocument> documents)
    {
        var all = documents.SelectMany(static document => document.Allocations.Select(allocation => new PlacedAllocation(allocation, document.NodeId))).ToArray();
        Array.Sort(all, static (left, right) => string.CompareOrdinal(left.Allocation.Id, right.Allocation.Id));
        return all;
    }

    private static Dictionary<string, string> SuccessorsOf(IReadOnlyList<AssignmentDocument> documents)
    {
        var successors = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var allocation in documents.SelectMany(static document => document.Allocations))
        {
            if (allocation.PreviousAllocation is { } previous)
            {
                successors[previous] = allocation.Id;
            }
        }

        return successors;
    }
}
