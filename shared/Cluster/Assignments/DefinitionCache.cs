using Saas.Contracts;
using Saas.Contracts.Jobs;

namespace Saas.Cluster.Assignments;

/// <summary>
/// Task groups that were read lately, the least lately used leave first. One for the process; entries are the tenant's
/// own, so what one tenant has read tells another nothing. Never stale: contents are named by their hash. Safe for
/// concurrent use.
/// </summary>
/// <param name="maxBytes">Of the stored texts; objects take about four times as much memory.</param>
public sealed class DefinitionCache(long maxBytes = DefinitionCache.DefaultMaxBytes)
{
    public const long DefaultMaxBytes = 32 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<(TenantId Tenant, string Hash), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private long _bytes;

    /// <summary>Of the texts held.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    public TaskGroup? Find(TenantId tenant, string hash)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue((tenant, hash), out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Group;
        }
    }

    /// <param name="bytes">Of the text. One larger than the whole cache is not kept.</param>
    /// <returns>The group, or the equal one that another reader has put here meanwhile.</returns>
    public TaskGroup Keep(TenantId tenant, string hash, TaskGroup group, int bytes)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue((tenant, hash), out var known))
            {
                return known.Value.Group;
            }

            if (bytes > maxBytes)
            {
                return group;
            }

            _entries.Add((tenant, hash), _byUse.AddFirst(new Entry(tenant, hash, group, bytes)));
            for (_bytes += bytes; _bytes > maxBytes; _byUse.RemoveLast())
            {
                var oldest = _byUse.Last!.Value;
                _entries.Remove((oldest.Tenant, oldest.Hash));
                _bytes -= oldest.Bytes;
            }

            return group;
        }
    }

    private sealed record Entry(TenantId Tenant, string Hash, TaskGroup Group, int Bytes);
}
