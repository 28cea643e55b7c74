namespace Saas.Provisioning.Events;

/// <summary>The last batches of a feed, by their number. The oldest leave when there are too many events or bytes; the newest always stays.</summary>
internal sealed class EventBuffer(int maxEvents = EventBuffer.DefaultMaxEvents, int maxBytes = EventBuffer.DefaultMaxBytes)
{
    public const int DefaultMaxEvents = 2_000;
    public const int DefaultMaxBytes = 4 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<EventBatch> _batches = new();
    private TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _first;
    private int _events;
    private int _bytes;

    public void Append(EventBatch batch)
    {
        TaskCompletionSource passed;
        lock (_gate)
        {
            _batches.Enqueue(batch);
            (_events, _bytes) = (_events + batch.Events.Count, _bytes + batch.Bytes);
            while (_batches.Count > 1 && (_events > maxEvents || _bytes > maxBytes))
            {
                var gone = _batches.Dequeue();
                (_events, _bytes, _first) = (_events - gone.Events.Count, _bytes - gone.Bytes, _first + 1);
            }

            (passed, _appended) = (_appended, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        passed.SetResult();
    }

    /// <summary>The number of the first batch that is not before the index, or of the next one there will be.</summary>
    public long StartAt(long index)
    {
        lock (_gate)
        {
            return _first + _batches.TakeWhile(batch => batch.Index < index).Count();
        }
    }

    public BufferRead Read(long number)
    {
        lock (_gate)
        {
            return number < _first ? new BufferRead(null, true, Task.CompletedTask)
                : number - _first < _batches.Count ? new BufferRead(_batches.ElementAt((int)(number - _first)), false, Task.CompletedTask)
                : new BufferRead(null, false, _appended.Task);
        }
    }
}

/// <param name="Batch">Null: it is not there yet, or not any more.</param>
/// <param name="IsGone">It was there and has left.</param>
/// <param name="Appended">Ends when there is another.</param>
internal readonly record struct BufferRead(EventBatch? Batch, bool IsGone, Task Appended);
