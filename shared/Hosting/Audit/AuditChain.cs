using System.Text.Json;
using Saas.Hosting.Telemetry;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Hosting.Audit;

/// <summary>
/// Appends to one tenant's log. Row key of an entry is its sequence, so of two instances that append at once the store
/// lets one through, and the other chains its entries anew behind them. The row <see cref="HeadRow"/> repeats the end
/// of the log and is written in the same batch; it only saves looking for the last entry.
/// <para>
/// Naive would be one write after the other under a lock: a tenant's mutating calls would wait for one another's disk.
/// Here whoever comes while a write is under way joins the next batch. When it fails, all of the batch fail, and the
/// head is read again, because what was written is then unknown.
/// </para>
/// </summary>
internal sealed class AuditChain(TablePartition rows, TimeProvider time)
{
    public const string HeadRow = "!head";

    private const int MaxBatch = TableLimits.MaxBatchRows - 1;
    private const int MaxAttempts = 64;

    private readonly Lock _gate = new();
    private readonly Queue<Pending> _waiting = [];
    private bool _isWriting;
    private AuditHead? _head;

    public static string RowOf(long sequence) => sequence.ToString("D19");

    /// <summary>Durable when it ends.</summary>
    /// <exception cref="StorageUnavailableException">Whether it was written is unknown.</exception>
    public Task AppendAsync(AuditEvent happened)
    {
        var pending = new Pending(happened, time.GetUtcNow());
        lock (_gate)
        {
            _waiting.Enqueue(pending);
            if (_isWriting)
            {
                return pending.Written.Task;
            }

            _isWriting = true;
        }

        _ = WriteWaitingAsync();
        return pending.Written.Task;
    }

    private async Task WriteWaitingAsync()
    {
        while (TakeBatch() is { Count: > 0 } batch)
        {
            try
            {
                await WriteAsync(batch);
                batch.ForEach(p => p.Written.SetResult());
            }
            catch (Exception e)
            {
                _head = null;
                batch.ForEach(p => p.Written.SetException(e));
            }
        }
    }

    private List<Pending> TakeBatch()
    {
        lock (_gate)
        {
            var batch = new List<Pending>();
            while (batch.Count < MaxBatch && _waiting.TryDequeue(out var next))
            {
                batch.Add(next);
            }

            _isWriting = batch.Count > 0;
            return batch;
        }
    }

    private async Task WriteAsync(List<Pending> batch)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var head = _head ?? await ReadHeadAsync();
            var writes = Chain(batch, ref head);
            var result = await rows.WriteBatchAsync(writes, CancellationToken.None);
            if (result.IsDone)
            {
                _head = head;
                return;
            }

            // Somebody else appended: what we know of the end is old.
            HostingTelemetry.AuditConflict();
            _head = null;
        }

        throw new StorageUnavailableException($"The audit log was appended to by others {MaxAttempts} times in a row.");
    }

    private static List<TableWrite> Chain(List<Pending> batch, ref AuditHead head)
    {
        var writes = new List<TableWrite>(batch.Count + 1);
        foreach (var pending in batch)
        {
            var entry = new AuditEntry(head.Sequence + 1, head.Hash, pending.At, pending.Happened);
            var canonical = entry.Canonical();
            writes.Add(TableWrite.Insert(RowOf(entry.Sequence), canonical));
            head = new AuditHead(entry.Sequence, AuditEntry.HashOf(canonical));
        }

        writes.Add(TableWrite.Upsert(HeadRow, JsonSerializer.SerializeToUtf8Bytes(head, AuditJson.Default.AuditHead)));
        return writes;
    }

    private async Task<AuditHead> ReadHeadAsync() =>
        (await rows.GetAsync(HeadRow, AuditJson.Default.AuditHead, CancellationToken.None))?.Value ?? AuditHead.Empty;

    private sealed record Pending(AuditEvent Happened, DateTimeOffset At)
    {
        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
