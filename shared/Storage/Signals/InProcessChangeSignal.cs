namespace Saas.Storage.Signals;

/// <summary>
/// Signals between the modules of one process. A waiter costs one timer and one continuation, no thread; when it has
/// timed out or been cancelled nothing of it stays. A topic that was ever raised stays, for its version: about 200
/// bytes. Waiting for a topic that was never raised keeps it only meanwhile.
/// </summary>
public sealed class InProcessChangeSignal(TimeProvider time) : IChangeSignal
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Topic> _topics = new(StringComparer.Ordinal);

    public long Version(string topic)
    {
        lock (_gate)
        {
            return _topics.TryGetValue(topic, out var found) ? found.Version : 0;
        }
    }

    public void Raise(string topic)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            var raised = FindOrAdd(topic);
            raised.Version++;
            (waiting, raised.Raised) = (raised.Raised, null);
        }

        waiting?.SetResult();
    }

    public async Task WaitAsync(string topic, long seen, TimeSpan timeout, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (timeout <= TimeSpan.Zero)
        {
            return;
        }

        Topic waited;
        Task raised;
        lock (_gate)
        {
            waited = FindOrAdd(topic);
            if (waited.Version > seen)
            {
                return;
            }

            waited.Waiters++;
            waited.Raised ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            raised = waited.Raised.Task;
        }

        // Thousands of long polls time out every second: that must not be an exception thrown for each.
        await raised.WaitAsync(timeout, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Leave(topic, waited);
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>The topics kept, for tests.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _topics.Count;
            }
        }
    }

    private Topic FindOrAdd(string topic)
    {
        if (!_topics.TryGetValue(topic, out var found))
        {
            _topics[topic] = found = new Topic();
        }

        return found;
    }

    private void Leave(string topic, Topic waited)
    {
        lock (_gate)
        {
            waited.Waiters--;
            if (waited is { Waiters: 0, Version: 0 })
            {
                _topics.Remove(topic);
            }
        }
    }

    private sealed class Topic
    {
        public long Version { get; set; }
        public int Waiters { get; set; }
        public TaskCompletionSource? Raised { get; set; }
    }
}
