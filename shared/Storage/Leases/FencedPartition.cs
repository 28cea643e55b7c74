using System.Buffers.Binary;
using Saas.Storage.Tables;

namespace Saas.Storage.Leases;

/// <summary>
/// Writes to one partition that an older epoch cannot make. The partition holds a row <see cref="FenceRow"/> with the
/// epoch of its owner; every batch rewrites that row conditionally, so the store itself compares the epochs.
/// <para>
/// Naive would be to read the epoch and then write: a deposed leader that pauses in between still writes. Here the
/// comparison and the write are one atomic batch. The price is one row more per batch, and that batches of one
/// partition follow one another. A lost race costs a reload of the fence.
/// </para>
/// Not safe for concurrent use: one owner writes one batch after the other.
/// </summary>
public sealed class FencedPartition(TablePartition partition, long epoch)
{
    public const string FenceRow = "!fence";

    /// <summary>Of one batch, beside the fence.</summary>
    public const int MaxWrites = TableLimits.MaxBatchRows - 1;

    private string? _etag;

    public TablePartition Partition => partition;

    /// <summary>Puts this epoch into the fence. False: a newer epoch owns the partition.</summary>
    public async ValueTask<bool> ClaimAsync(CancellationToken ct)
    {
        for (; ; )
        {
            var row = await partition.GetAsync(FenceRow, ct);
            if (row is not null && BinaryPrimitives.ReadInt64BigEndian(row.Value.Span) > epoch)
            {
                return false;
            }

            var written = await partition.WriteAsync(
                row is null ? TableWrite.Insert(FenceRow, Value()) : TableWrite.Replace(FenceRow, Value(), row.ETag), ct);
            if (written.IsDone)
            {
                _etag = written.ETag;
                return true;
            }
        }
    }

    /// <summary>The batch, or why not: <see cref="FencedOutcome"/>.</summary>
    /// <param name="writes">1 to <see cref="MaxWrites"/>.</param>
    /// <exception cref="InvalidOperationException">Not claimed.</exception>
    public async ValueTask<FencedResult> WriteAsync(IReadOnlyList<TableWrite> writes, CancellationToken ct)
    {
        for (; ; )
        {
            var fence = TableWrite.Replace(
                FenceRow, Value(), _etag ?? throw new InvalidOperationException("Claim the partition first."));
            var result = await partition.WriteBatchAsync([fence, .. writes], ct);
            if (result.IsDone)
            {
                _etag = result.ETags[0];
                return new FencedResult(FencedOutcome.Done, result.ETags.Skip(1).ToArray(), -1);
            }

            if (result.FailedIndex > 0)
            {
                return new FencedResult(FencedOutcome.Conflict, [], result.FailedIndex - 1);
            }

            // Either a newer epoch owns the partition, or an answer of ours was lost after the write took place.
            if (!await ClaimAsync(ct))
            {
                return new FencedResult(FencedOutcome.Deposed, [], -1);
            }
        }
    }

    private byte[] Value()
    {
        var value = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(value, epoch);
        return value;
    }
}

public enum FencedOutcome
{
    Done,

    /// <summary>A row was not as the caller believed: reload and plan again.</summary>
    Conflict,

    /// <summary>A newer epoch owns the partition: stop.</summary>
    Deposed,
}

/// <param name="ETags">By write; empty unless done.</param>
/// <param name="FailedIndex">The first write refused; -1 otherwise.</param>
public sealed record FencedResult(FencedOutcome Outcome, IReadOnlyList<string?> ETags, int FailedIndex);
