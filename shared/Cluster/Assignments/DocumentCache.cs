namespace Saas.Cluster.Assignments;

/// <summary>
/// Documents of shards that were read lately, each as of one ETag of the shard's fence, which every commit to the shard
/// rewrites: while the fence is the same, so are the documents. The least lately used leave first. Safe for concurrent use.
/// </summary>
/// <param name="maxAllocations">Held at most, each of about 400 bytes.</param>
public sealed class DocumentCache(int maxAllocations = DocumentCache.DefaultMaxAllocations)
{
    public const int DefaultMaxAllocations = 100_000;

    /// <summary>What a shard and a document cost beside their allocations, in allocations.</summary>
    private const int Overhead = 1;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = [];
    private int _held;

    /// <param name="shard">Key of its partition.</param>
    /// <param name="fence">ETag of its fence as it is now.</param>
    public ShardDocuments? Find(string shard, string fence)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(shard, out var node) || node.Value.Fence != fence)
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Documents;
        }
    }

    /// <param name="fence">As it was before the documents were read.</param>
    public void Keep(string shard, string fence, ShardDocuments documents)
    {
        var entry = new Entry(shard, fence, documents, Overhead + documents.Allocations + (Overhead * documents.Documents.Count));
        lock (_gate)
        {
            if (_entries.Remove(shard, out var before))
            {
                _byUse.Remove(before);
                _held -= before.Value.Size;
            }

            if (entry.Size > maxAllocations)
            {
                return;
            }

            _entries.Add(shard, _byUse.AddFirst(entry));
            for (_held += entry.Size; _held > maxAllocations; _byUse.RemoveLast())
            {
                var oldest = _byUse.Last!.Value;
                _entries.Remove(oldest.Shard);
                _held -= oldest.Size;
            }
        }
    }

    private sealed record Entry(string Shard, string Fence, ShardDocuments Documents, int Size);
}
