namespace Saas.Storage.Queues;

/// <summary>
/// At-least-once messages with the semantics of Service Bus' peek-lock. A message only says "look at X": handlers are
/// idempotent and messages may come twice, late and in any order.
/// Queues are named like tables and come into being at their first use. Safe for concurrent use.
/// Errors of the service are <see cref="StorageUnavailableException"/>.
/// </summary>
public interface IMessageQueue
{
    /// <summary>Durable when it returns.</summary>
    /// <exception cref="ArgumentException">More than <see cref="QueueLimits.MaxBodyBytes"/>.</exception>
    ValueTask SendAsync(string queue, ReadOnlyMemory<byte> body, CancellationToken ct);

    /// <summary>
    /// Locks up to <paramref name="max"/> messages for <paramref name="lockFor"/>; waits up to <paramref name="wait"/>
    /// for the first. Empty when there is none. A message received for the <see cref="QueueLimits.MaxDeliveries"/> + 1st time is moved to
    /// the dead letters instead.
    /// </summary>
    ValueTask<IReadOnlyList<QueueMessage>> ReceiveAsync(
        string queue, int max, TimeSpan lockFor, TimeSpan wait, CancellationToken ct);

    /// <summary>Removes the message. False: the lock was lost, and it will be or was delivered again.</summary>
    ValueTask<bool> CompleteAsync(QueueMessage message, CancellationToken ct);

    /// <summary>Gives the message back, visible again after <paramref name="delay"/>. False: the lock was lost.</summary>
    ValueTask<bool> AbandonAsync(QueueMessage message, TimeSpan delay, CancellationToken ct);

    /// <summary>Extends the lock to now + <paramref name="lockFor"/>; null if it was lost.</summary>
    ValueTask<QueueMessage?> RenewAsync(QueueMessage message, TimeSpan lockFor, CancellationToken ct);

    /// <summary>Sets the message aside, with the reason. False: the lock was lost.</summary>
    ValueTask<bool> DeadLetterAsync(QueueMessage message, string reason, CancellationToken ct);

    /// <summary>The oldest dead letters, up to <paramref name="max"/>; they stay.</summary>
    ValueTask<IReadOnlyList<DeadLetter>> PeekDeadLettersAsync(string queue, int max, CancellationToken ct);
}

public static class QueueLimits
{
    public const int MaxBodyBytes = 192 * 1024;
    public const int MaxDeliveries = 10;
}

/// <param name="LockToken">Changes with every delivery and renewal.</param>
/// <param name="DeliveryCount">1 at the first delivery.</param>
public sealed record QueueMessage(
    string Queue, string Id, ReadOnlyMemory<byte> Body, string LockToken, int DeliveryCount, DateTimeOffset EnqueuedAt, DateTimeOffset LockedUntil);

public sealed record DeadLetter(string Id, ReadOnlyMemory<byte> Body, string Reason, DateTimeOffset At);
