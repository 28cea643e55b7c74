using System.Text.Json;
using Saas.Hosting.Audit.Spool;
using Saas.Hosting.Telemetry;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Hosting.Audit;

/// <summary>
/// Appends to one tenant's log. The row <see cref="HeadRow"/> repeats the end of the log and is written in the same
/// batch as the entries, on condition that it is still what we chained to: of two instances that append at once the
/// store lets one through, and the other chains its entries anew behind them.
/// <para>
/// Naive would be one write after the other under a lock: a tenant's mutating calls would wait for one another's disk.
/// Here whoever comes while a write is under way joins the next batch. When it fails, all of the batch fail, and the
/// head is read again, because what was written is then unknown. Bundles from a spool go in batches of their own, each
/// with its progress row, which says how much of the spool is in the log: a bundle is never in it twice.
/// </para>
/// </summary>
internal sealed class AuditChain(TablePartition rows, TimeProvider time)
{
    public const string HeadRow = "!head";

    /// <summary>Of lines in a batch of single events. With their places in the log they stay far below a store's limit.</summary>
    private const int MaxBatchBytes = 512 * 1024;

    private const int MaxAttempts = 64;

    private readonly Lock _gate = new();
    private readonly Queue<Pending> _waiting = [];
    private bool _isWriting;
    private Document<AuditHead>? _head;

    /// <summary>Durable when it ends.</summary>
    /// <exception cref="StorageUnavailableException">Whether it was written is unknown.</exception>
    public Task AppendAsync(AuditEvent happened)
    {
        var line = AuditLine.OfThread();
        line.Write(time.GetUtcNow(), happened);
        return EnqueueAsync(new Pending(line.Written.ToArray(), null, 0));
    }

    /// <summary>
    /// Appends what a spool holds for the tenant up to <paramref name="to"/>, unless the log has it already. Durable
    /// when it ends; may be repeated after a failure, with the same lines.
    /// </summary>
    /// <param name="lines">At most <see cref="SpoolLane.Capacity"/> bytes; must stay as they are until it ends.</param>
    /// <exception cref="StorageUnavailableException">Whether it was written is unknown.</exception>
    public Task ShipAsync(ReadOnlyMemory<byte> lines, SpoolProgress progress, long to) =>
        EnqueueAsync(new Pending(lines, progress, to));

    private Task EnqueueAsync(Pending pending)
    {
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
                batch[0].Progress?.Forget();
                batch.ForEach(p => p.Written.SetException(e));
            }
        }
    }

    private List<Pending> TakeBatch()
    {
        lock (_gate)
        {
            var batch = new List<Pending>();
            var bytes = 0;
            while (_waiting.TryPeek(out var next)
                && (batch.Count == 0 || (next.Progress is null && bytes + next.Lines.Length <= MaxBatchBytes)))
            {
                batch.Add(_waiting.Dequeue());
                bytes += next.Lines.Length;
                if (next.Progress is not null)
                {
                    break;
                }
            }

            _isWriting = batch.Count > 0;
            return batch;
        }
    }

    private async Task WriteAsync(List<Pending> batch)
    {
        var (progress, to) = (batch[0].Progress, batch[0].To);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (progress is not null && await progress.ReadAsync(rows) >= to)
            {
                return;
            }

            _head ??= await rows.GetAsync(HeadRow, AuditJson.Default.AuditHead, CancellationToken.None);
            var chained = new AuditRows(_head?.Value ?? AuditHead.Empty);
            batch.ForEach(p => chained.Add(p.Lines.Span));
            var (writes, head) = chained.Finish();
            writes.Add(HeadWrite(head));
            if (progress is not null)
            {
                writes.Add(progress.Advance(to));
            }

            var result = await rows.WriteBatchAsync(writes, CancellationToken.None);
            chained.Release();
            if (result.IsDone)
            {
                progress?.Advanced(to, result.ETags[^1]!);
                _head = new Document<AuditHead>(HeadRow, head, result.ETags[progress is null ? ^1 : ^2]!);
                return;
            }

            // Somebody else appended, or a write of ours came through late: what we know of the end is old.
            HostingTelemetry.AuditConflict();
            _head = null;
            progress?.Forget();
        }

        throw new StorageUnavailableException($"The audit log was appended to by others {MaxAttempts} times in a row.");
    }

    private TableWrite HeadWrite(AuditHead head)
    {
        var value = JsonSerializer.SerializeToUtf8Bytes(head, AuditJson.Default.AuditHead);
        return _head is null ? TableWrite.Insert(HeadRow, value) : TableWrite.Replace(HeadRow, value, _head.ETag);
    }

    /// <param name="Progress">Null for a single event.</param>
    private sealed record Pending(ReadOnlyMemory<byte> Lines, SpoolProgress? Progress, long To)
    {
        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
