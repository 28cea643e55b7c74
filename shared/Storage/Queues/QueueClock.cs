namespace Saas.Storage.Queues;

/// <summary>
/// Instants at which messages are sent, never twice the same: messages of one sender keep their order even where the
/// clock stands still between two of them.
/// </summary>
internal sealed class QueueClock(TimeProvider time)
{
    private long _lastSent;

    /// <summary>Not before any instant this gave to a message, so that a message just sent is ready.</summary>
    public DateTimeOffset Now
    {
        get
        {
            var now = time.GetUtcNow();
            var last = Volatile.Read(ref _lastSent);
            return now.UtcTicks >= last ? now : new DateTimeOffset(last, TimeSpan.Zero);
        }
    }

    public long NextTicks()
    {
        var now = time.GetUtcNow().UtcTicks;
        while (true)
        {
            var last = Volatile.Read(ref _lastSent);
            var next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref _lastSent, next, last) == last)
            {
                return next;
            }
        }
    }
}
