using Saas.Contracts;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Storage.Queues;

/// <summary>
/// Messages in the table store: one partition per queue in the table <c>queues</c>. See <see cref="StoredMessage"/>
/// for the rows. Every step is one atomic write or batch, so a crash leaves a message either where it was or where it
/// was going. Receivers of many processes compete by ETag: of two that want the same message one is refused and takes
/// the next.
/// <para>
/// Receivers of this process are woken by the topic <c>queue:{name}</c>; messages sent by another process are seen at
/// the next look, at most <see cref="PollInterval"/> later. Locks are measured by the clocks of the machines that
/// share the store: a clock that is fast by more than a lock's length may take a locked message early, which
/// at-least-once delivery allows.
/// </para>
/// </summary>
public sealed class StoreMessageQueue(ITableStore store, IChangeSignal signal, TimeProvider time) : IMessageQueue
{
    /// <summary>How often an idle receiver looks by itself.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private const string Table = "queues";
    private const string IdPrefix = "msg";

    private readonly PlatformScope _scope = new(store);
    private uint _sent;

    public static string Topic(string queue) => $"queue:{queue}";

    public async ValueTask SendAsync(string queue, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        if (body.Length > QueueLimits.MaxBodyBytes)
        {
            throw new ArgumentException(
                $"A message has at most {QueueLimits.MaxBodyBytes} bytes; this has {body.Length}.", nameof(body));
        }

        var message = new StoredMessage(EntityId.New(IdPrefix, time), time.GetUtcNow(), 0, body);
        var key = StoredMessage.Key(
            StoredMessage.ReadyPrefix, message.EnqueuedAt.UtcTicks, message.Id, Interlocked.Increment(ref _sent));

        // A refusal can only be our own insert, whose first answer was lost: ids are unique.
        await Open(queue).WriteAsync(TableWrite.Insert(key, message.Write()), ct);
        signal.Raise(Topic(queue));
    }

    public async ValueTask<IReadOnlyList<QueueMessage>> ReceiveAsync(
        string queue, int max, TimeSpan lockFor, TimeSpan wait, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lockFor, TimeSpan.Zero);
        var partition = Open(queue);
        var receiver = new MessageReceiver(queue, partition, time);
        var started = time.GetTimestamp();
        while (true)
        {
            var seen = signal.Version(Topic(queue));
            var attempt = await receiver.TryReceiveAsync(max, lockFor, ct);
            if (attempt.Messages.Count > 0)
            {
                return attempt.Messages;
            }

            var left = wait - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                return [];
            }

            await signal.WaitAsync(Topic(queue), seen, Pause(left, attempt.NextReady), ct);
        }
    }

    public async ValueTask<bool> CompleteAsync(QueueMessage message, CancellationToken ct)
    {
        var held = LockToken.Parse(message.LockToken);
        var done = await Open(message.Queue).WriteAsync(TableWrite.Delete(KeyOf(message, held), held.ETag), ct);
        return done.IsDone;
    }

    public async ValueTask<bool> AbandonAsync(QueueMessage message, TimeSpan delay, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        var moved = await MoveAsync(message, (time.GetUtcNow() + delay).UtcTicks, ct) is not null;
        if (moved)
        {
            signal.Raise(Topic(message.Queue));
        }

        return moved;
    }

    public async ValueTask<QueueMessage?> RenewAsync(QueueMessage message, TimeSpan lockFor, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lockFor, TimeSpan.Zero);
        var until = (time.GetUtcNow() + lockFor).UtcTicks;
        return await MoveAsync(message, until, ct) is { } etag
            ? message with
            {
                LockToken = new LockToken(until, etag).ToString(),
                LockedUntil = new DateTimeOffset(until, TimeSpan.Zero),
            }
            : null;
    }

    public async ValueTask<bool> DeadLetterAsync(QueueMessage message, string reason, CancellationToken ct)
    {
        var held = LockToken.Parse(message.LockToken);
        var moved = await Open(message.Queue).WriteBatchAsync(
            DeadLetterWrites(KeyOf(message, held), held.ETag, message.Id, message.Body, reason, time.GetUtcNow()), ct);
        return moved.IsDone;
    }

    public async ValueTask<IReadOnlyList<DeadLetter>> PeekDeadLettersAsync(string queue, int max, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        var letters = new List<DeadLetter>();
        await foreach (var row in Open(queue).ReadAllAsync(RowRange.Prefix(StoredMessage.DeadPrefix), ct))
        {
            letters.Add(StoredMessage.ReadDead(row.Row, row.Value));
            if (letters.Count == max)
            {
                break;
            }
        }

        return letters;
    }

    internal static TableWrite[] DeadLetterWrites(
        string key, string etag, string id, ReadOnlyMemory<byte> body, string reason, DateTimeOffset at) =>
    [
        TableWrite.Delete(key, etag),
        TableWrite.Insert(
            StoredMessage.Key(StoredMessage.DeadPrefix, at.UtcTicks, id), StoredMessage.WriteDead(at, reason, body.Span)),
    ];

    private TablePartition Open(string queue)
    {
        TableKeys.CheckTable(queue);
        return _scope.Partition(Table, queue);
    }

    private static string KeyOf(QueueMessage message, LockToken held) =>
        StoredMessage.Key(StoredMessage.ReadyPrefix, held.Ticks, message.Id);

    /// <summary>The new ETag, or null if the lock was lost.</summary>
    private async ValueTask<string?> MoveAsync(QueueMessage message, long ticks, CancellationToken ct)
    {
        var held = LockToken.Parse(message.LockToken);
        var stored = new StoredMessage(message.Id, message.EnqueuedAt, message.DeliveryCount, message.Body);
        var moved = await Open(message.Queue).WriteBatchAsync(MessageReceiver.Move(KeyOf(message, held), held.ETag, ticks, stored), ct);
        return moved.IsDone ? moved.ETags[^1] : null;
    }

    /// <summary>Until the next message becomes free or the next look is due; a millisecond at least, lest it spins.</summary>
    private TimeSpan Pause(TimeSpan left, DateTimeOffset? nextReady)
    {
        var pause = left < PollInterval ? left : PollInterval;
        var ready = nextReady - time.GetUtcNow();
        pause = ready < pause ? ready.Value : pause;
        return pause < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : pause;
    }
}
