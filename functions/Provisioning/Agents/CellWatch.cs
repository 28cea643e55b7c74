using Saas.Storage.Leases;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Agents;

/// <summary>
/// Whether a shard of a cell was committed to by another process, asked by all long polls of its nodes together.
/// <para>
/// Naive would be for each waiting poll to read its own document every second: five thousand agents are five thousand
/// reads a second of rows that did not change. But every commit to a shard rewrites its fence, so one look at the fence's
/// ETag tells all of its nodes that there is nothing new. A cell costs one read per shard and interval (at most
/// <see cref="Saas.Cluster.Assignments.AssignmentTables.Shards"/>), however many nodes it has; the price is that a change
/// by another process may be seen one interval later. Changes by this process are signalled.
/// </para>
/// What nobody waits for is not kept.
/// </summary>
internal sealed class CellWatch(ProvisioningOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Shard> _shards = new(StringComparer.Ordinal);

    /// <summary>The shards that are watched, for tests.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _shards.Count;
            }
        }
    }

    /// <summary>Takes part in watching a shard until disposed.</summary>
    public Participant Join(TablePartition assignments)
    {
        lock (_gate)
        {
            if (!_shards.TryGetValue(assignments.Key, out var shard))
            {
                _shards[assignments.Key] = shard = new Shard(assignments);
            }

            shard.Participants++;
            return new Participant(this, shard);
        }
    }

    /// <summary>At most one interval old; empty for one never committed to.</summary>
    private Task<string> FenceAsync(Shard shard)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (shard.Look is null || shard.Look.IsFaulted || time.GetElapsedTime(shard.LookedAt, now) >= options.AssignmentRecheck * 0.9)
            {
                (shard.Look, shard.LookedAt) = (LookAsync(shard.Assignments), now);
            }

            return shard.Look;
        }
    }

    /// <summary>Shared, so no single poll's cancellation ends it.</summary>
    private static async Task<string> LookAsync(TablePartition assignments)
    {
        // Not under the lock that starts it: an embedded store answers on the calling thread.
        await Task.Yield();
        return (await assignments.GetAsync(FencedPartition.FenceRow, CancellationToken.None))?.ETag ?? "";
    }

    private void Leave(Shard shard)
    {
        lock (_gate)
        {
            if (--shard.Participants == 0)
            {
                _shards.Remove(shard.Assignments.Key);
            }
        }
    }

    /// <summary>One waiting poll's part in watching.</summary>
    internal readonly struct Participant(CellWatch watch, Shard shard) : IDisposable
    {
        public Task<string> FenceAsync(CancellationToken ct) => watch.FenceAsync(shard).WaitAsync(ct);

        public void Dispose() => watch.Leave(shard);
    }

    internal sealed class Shard(TablePartition assignments)
    {
        public TablePartition Assignments => assignments;
        public int Participants { get; set; }
        public Task<string>? Look { get; set; }
        public long LookedAt { get; set; }
    }
}
