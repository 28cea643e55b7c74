using Saas.Storage.Tables;

namespace Saas.Storage.Leases;

/// <summary>
/// Several partitions of one owner, each with its own fence: what does not have to be atomic together is written at the
/// same time, and no partition carries it all. The price is that an owner may be deposed shard by shard, and that a crash
/// cuts between batches. Not safe for concurrent use.
/// </summary>
public sealed class FencedShards
{
    /// <summary>Of a batch, for the fence's value.</summary>
    private const int FenceBytes = 8;

    private readonly FencedPartition[] _shards;

    public FencedShards(IReadOnlyCollection<TablePartition> partitions, long epoch) =>
        _shards = [.. partitions.Select(partition => new FencedPartition(partition, epoch))];

    /// <summary>Puts the epoch into every fence. False: a newer epoch owns at least one.</summary>
    public async ValueTask<bool> ClaimAsync(CancellationToken ct)
    {
        var claims = await Task.WhenAll(_shards.Select(shard => shard.ClaimAsync(ct).AsTask()));
        return claims.All(static isClaimed => isClaimed);
    }

    /// <summary>
    /// Writes in as few batches as the limits allow, one after the other in a shard, the shards side by side. A write that
    /// is refused for its row's sake does not keep its neighbours from being written.
    /// </summary>
    /// <param name="writes">A row of a shard once; any number.</param>
    /// <returns>By write.</returns>
    /// <exception cref="InvalidOperationException">Not claimed.</exception>
    /// <exception cref="StorageUnavailableException">Of a shard; the others have ended, too, and nothing is under way.</exception>
    public async Task<IReadOnlyList<FencedWrite>> WriteAsync(IReadOnlyList<ShardWrite> writes, CancellationToken ct)
    {
        var results = new FencedWrite[writes.Count];
        var byShard = new List<int>?[_shards.Length];
        for (var i = 0; i < writes.Count; i++)
        {
            (byShard[writes[i].Shard] ??= []).Add(i);
        }

        await Task.WhenAll(byShard.Select((positions, shard) =>
            positions is null ? Task.CompletedTask : WriteShardAsync(_shards[shard], positions, writes, results, ct)));
        return results;
    }

    private static async Task WriteShardAsync(
        FencedPartition shard, List<int> positions, IReadOnlyList<ShardWrite> writes, FencedWrite[] results, CancellationToken ct)
    {
        var batch = new List<int>();
        for (var next = 0; next < positions.Count;)
        {
            var first = next;
            batch.Clear();
            for (var bytes = FenceBytes; next < positions.Count && batch.Count < FencedPartition.MaxWrites; next++)
            {
                bytes += writes[positions[next]].Write.Value.Length;
                if (batch.Count > 0 && bytes > TableLimits.MaxBatchBytes)
                {
                    break;
                }

                batch.Add(positions[next]);
            }

            if (!await WriteBatchAsync(shard, batch, writes, results, ct))
            {
                foreach (var position in positions.Skip(first))
                {
                    results[position] = new FencedWrite(FencedOutcome.Deposed, null);
                }

                return;
            }
        }
    }

    /// <summary>The batch, without those that are refused. False: deposed, and nothing of it is written.</summary>
    private static async Task<bool> WriteBatchAsync(
        FencedPartition shard, List<int> batch, IReadOnlyList<ShardWrite> writes, FencedWrite[] results, CancellationToken ct)
    {
        while (batch.Count > 0)
        {
            var result = await shard.WriteAsync([.. batch.Select(position => writes[position].Write)], ct);
            switch (result.Outcome)
            {
                case FencedOutcome.Done:
                    for (var i = 0; i < batch.Count; i++)
                    {
                        results[batch[i]] = new FencedWrite(FencedOutcome.Done, result.ETags[i]);
                    }

                    return true;

                case FencedOutcome.Conflict:
                    results[batch[result.FailedIndex]] = new FencedWrite(FencedOutcome.Conflict, null);
                    batch.RemoveAt(result.FailedIndex);
                    break;

                case FencedOutcome.Deposed:
                    return false;

                default:
                    throw new InvalidOperationException($"No outcome: {result.Outcome}.");
            }
        }

        return true;
    }
}

/// <param name="Shard">From 0, in the order the partitions were given.</param>
public readonly record struct ShardWrite(int Shard, TableWrite Write);

/// <summary>What became of one write.</summary>
/// <param name="ETag">The row's new one; null unless done, and after a delete.</param>
public readonly record struct FencedWrite(FencedOutcome Outcome, string? ETag);
