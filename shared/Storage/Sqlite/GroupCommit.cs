using System.Collections.Concurrent;

namespace Saas.Storage.Sqlite;

/// <summary>
/// Brings writes of many threads to the one writer.
/// <para>
/// Naive is a lock around one transaction per write: each waits for its own turn at the disk, and the disk's time per
/// commit (0.1 to 10 ms with synchronous = FULL) is the store's throughput. A thread of its own with a queue shares
/// the commits, but a lone writer then pays two thread switches, more than the write costs in memory. Here writes
/// queue up, and whoever finds nobody writing lets its caller go on first (who may have more to write and not wait
/// yet), then takes what is queued and commits it as one transaction. Alone that is mostly the same thread; under load,
/// everything that came during the last commit goes into the next.
/// </para>
/// The price: a caller may commit others' writes along with its own, and the unlucky statement that hits a full disk
/// fails its whole group.
/// </summary>
internal sealed class GroupCommit(SqliteWriter writer) : IDisposable
{
    private const int MaxGroupWrites = 512;
    private const int MaxGroupBytes = 16 * 1024 * 1024;

    private readonly ConcurrentQueue<PendingWrite> _queue = new();
    private readonly List<PendingWrite> _group = new(MaxGroupWrites);
    private int _writing;
    private volatile bool _closed;

    /// <summary>Returns when the write is on the disk or refused.</summary>
    public async ValueTask SubmitAsync(PendingWrite write)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        _queue.Enqueue(write);
        if (TryBecomeWriter())
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            CommitUntil(write);
        }
        else if (_closed)
        {
            RefuseQueued();
        }

        await write.Task;
    }

    /// <summary>Whoever still writes finishes; what comes later is refused.</summary>
    public void Dispose()
    {
        _closed = true;
        SpinWait.SpinUntil(TryBecomeWriter);
        RefuseQueued();
        writer.Dispose();
    }

    private void RefuseQueued()
    {
        while (_queue.TryDequeue(out var write))
        {
            write.TrySetException(new ObjectDisposedException(nameof(SqliteTableStore)));
        }
    }

    private bool TryBecomeWriter() => Interlocked.CompareExchange(ref _writing, 1, 0) == 0;

    /// <summary>
    /// Commits groups until the queue is empty. Once <paramref name="own"/> is done, its caller has waited enough and
    /// a pool thread takes over.
    /// </summary>
    private void CommitUntil(PendingWrite? own)
    {
        while (true)
        {
            TakeGroup();
            if (_group.Count > 0)
            {
                CommitGroup();
                if (own is { Task.IsCompleted: true } && !_queue.IsEmpty)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(static self => self.CommitUntil(null), this, preferLocal: false);
                    return;
                }

                continue;
            }

            Volatile.Write(ref _writing, 0);

            // A write queued after the look and before the line above found us writing, and relies on us.
            if (_queue.IsEmpty || !TryBecomeWriter())
            {
                return;
            }
        }
    }

    private void TakeGroup()
    {
        var bytes = 0;
        while (_group.Count < MaxGroupWrites && bytes < MaxGroupBytes && _queue.TryDequeue(out var write))
        {
            if (write.Cancelled.IsCancellationRequested)
            {
                write.TrySetCanceled(write.Cancelled);
                continue;
            }

            bytes += write.Bytes;
            _group.Add(write);
        }
    }

    private void CommitGroup()
    {
        try
        {
            writer.Commit(_group);
            foreach (var write in _group)
            {
                write.TrySetResult();
            }
        }
        catch (Exception fault)
        {
            foreach (var write in _group)
            {
                write.TrySetException(fault);
            }
        }
        finally
        {
            _group.Clear();
        }
    }
}
