using Saas.Storage.Tables;

namespace Saas.Storage.Queues;

/// <param name="NextReady">When nothing was received: from when the first message, locked or delayed now, may be.</param>
internal sealed record ReceiveAttempt(IReadOnlyList<QueueMessage> Messages, DateTimeOffset? NextReady);

/// <summary>One look at a queue: find what is ready, lock it, set aside what was delivered too often.</summary>
internal sealed class MessageReceiver(string queue, TablePartition partition, TimeProvider time)
{
    /// <summary>Locking takes two writes per message.</summary>
    private const int MaxMessages = TableLimits.MaxBatchRows / 2;

    /// <summary>A batch's bytes; the rest of the limit is left to the headers.</summary>
    private const int MaxBytes = TableLimits.MaxBatchBytes - (MaxMessages * 64);

    public async ValueTask<ReceiveAttempt> TryReceiveAsync(int max, TimeSpan lockFor, CancellationToken ct)
    {
        while (true)
        {
            var first = await FirstRowsAsync(Math.Min(max, MaxMessages), ct);
            var ready = Ready(first, time.GetUtcNow());
            if (ready.Count == 0)
            {
                return new ReceiveAttempt([], first.Count == 0 ? null : ReadyAt(first[0]));
            }

            // Empty: others took every one of them, or all were set aside. There may be more behind.
            var locked = await LockAsync(ready, time.GetUtcNow() + lockFor, ct);
            if (locked.Count > 0)
            {
                return new ReceiveAttempt(locked, null);
            }
        }
    }

    /// <summary>The writes that take a message from its row to the one of its next instant.</summary>
    public static TableWrite[] Move(string key, string etag, long ticks, StoredMessage message)
    {
        var target = StoredMessage.Key(StoredMessage.ReadyPrefix, ticks, message.Id);
        return target == key
            ? [TableWrite.Replace(key, message.Write(), etag)]
            : [TableWrite.Delete(key, etag), TableWrite.Insert(target, message.Write())];
    }

    private async ValueTask<IReadOnlyList<TableRow>> FirstRowsAsync(int take, CancellationToken ct)
    {
        string? continuation = null;
        while (true)
        {
            // A page may be empty although there are rows behind it.
            var page = await partition.QueryAsync(RowRange.Prefix(StoredMessage.ReadyPrefix), take, continuation, ct);
            if (page.Rows.Count > 0 || page.Continuation is null)
            {
                return page.Rows;
            }

            continuation = page.Continuation;
        }
    }

    private static List<TableRow> Ready(IReadOnlyList<TableRow> rows, DateTimeOffset now)
    {
        var bytes = 0;
        return rows.TakeWhile(row => ReadyAt(row) <= now && (bytes += row.Value.Length) <= MaxBytes).ToList();
    }

    private static DateTimeOffset ReadyAt(TableRow row) => new(StoredMessage.TicksOf(row.Row), TimeSpan.Zero);

    /// <summary>
    /// One batch for all. Another receiver that was faster with one of them makes the store refuse the batch and name
    /// that one: it is left out and the rest tried again.
    /// </summary>
    private async ValueTask<List<QueueMessage>> LockAsync(List<TableRow> ready, DateTimeOffset until, CancellationToken ct)
    {
        while (ready.Count > 0)
        {
            var messages = ready.ConvertAll(row => StoredMessage.Read(row.Row, row.Value));
            var writes = new List<TableWrite>(ready.Count * 2);
            for (var i = 0; i < ready.Count; i++)
            {
                writes.AddRange(LockOrSetAside(ready[i], messages[i], until));
            }

            var result = await partition.WriteBatchAsync(writes, ct);
            if (!result.IsDone)
            {
                ready.RemoveAt(result.FailedIndex / 2);
                continue;
            }

            return Locked(messages, result.ETags, until);
        }

        return [];
    }

    /// <summary>Always two writes, so that an index into the batch tells the message.</summary>
    private TableWrite[] LockOrSetAside(TableRow row, StoredMessage message, DateTimeOffset until) =>
        IsSpent(message)
            ? StoreMessageQueue.DeadLetterWrites(
                row.Row, row.ETag, message.Id, message.Body, $"Delivered {message.Deliveries} times and never completed.", time.GetUtcNow())
            : Move(row.Row, row.ETag, until.UtcTicks, message with { Deliveries = message.Deliveries + 1 });

    private List<QueueMessage> Locked(List<StoredMessage> messages, IReadOnlyList<string?> etags, DateTimeOffset until)
    {
        var locked = new List<QueueMessage>(messages.Count);
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            if (!IsSpent(message))
            {
                var token = new LockToken(until.UtcTicks, etags[(i * 2) + 1]!).ToString();
                locked.Add(new QueueMessage(
                    queue, message.Id, message.Body, token, message.Deliveries + 1, message.EnqueuedAt, until));
            }
        }

        return locked;
    }

    private static bool IsSpent(StoredMessage message) => message.Deliveries >= QueueLimits.MaxDeliveries;
}
