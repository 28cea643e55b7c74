namespace Saas.Provisioning.Client.Sessions;

/// <summary>
/// Says that a session moved, to those who wait for it in this process; who waits elsewhere looks at the store. Unlike
/// <see cref="Storage.Signals.IChangeSignal"/> it keeps nothing of what nobody listens to: sessions are many and short.
/// </summary>
internal sealed class SessionSignals(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Topic> _topics = new(StringComparer.Ordinal);

    /// <summary>A node's sessions are others.</summary>
    public static string Node(string nodeId) => "node|" + nodeId;

    /// <summary>Frames of one direction were stored or taken.</summary>
    public static string Frames(string sessionId, bool fromAgent) => (fromAgent ? "out|" : "in|") + sessionId;

    /// <summary>What is listened to, for tests.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _topics.Count;
            }
        }
    }

    /// <summary>Join before reading what is waited for, then wait: no change is missed.</summary>
    public Listener Join(string name)
    {
        lock (_gate)
        {
            if (!_topics.TryGetValue(name, out var topic))
            {
                _topics[name] = topic = new Topic(name);
            }

            topic.Listeners++;
            return new Listener(this, topic, topic.Version);
        }
    }

    public void Raise(string name)
    {
        TaskCompletionSource? waiting = null;
        lock (_gate)
        {
            if (_topics.TryGetValue(name, out var topic))
            {
                topic.Version++;
                (waiting, topic.Raised) = (topic.Raised, null);
            }
        }

        waiting?.SetResult();
    }

    private sealed class Topic(string name)
    {
        public string Name => name;
        public int Listeners { get; set; }
        public long Version { get; set; }
        public TaskCompletionSource? Raised { get; set; }
    }

    /// <summary>One listener; its waits follow one another.</summary>
    internal sealed class Listener : IDisposable
    {
        private readonly SessionSignals _signals;
        private readonly Topic _topic;
        private long _seen;

        internal Listener(SessionSignals signals, object topic, long seen) => (_signals, _topic, _seen) = (signals, (Topic)topic, seen);

        /// <summary>Whether it was raised since it was joined, or since the last wait. False after <paramref name="atMost"/>.</summary>
        public async Task<bool> WaitAsync(TimeSpan atMost, CancellationToken ct)
        {
            ct.ThrowIfCancellationRequested();
            Task raised;
            lock (_signals._gate)
            {
                if (_topic.Version != _seen)
                {
                    _seen = _topic.Version;
                    return true;
                }

                _topic.Raised ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                raised = _topic.Raised.Task;
            }

            if (atMost > TimeSpan.Zero)
            {
                await raised.WaitAsync(atMost, _signals._time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                ct.ThrowIfCancellationRequested();
            }

            lock (_signals._gate)
            {
                var moved = _topic.Version != _seen;
                _seen = _topic.Version;
                return moved;
            }
        }

        public void Dispose()
        {
            lock (_signals._gate)
            {
                if (--_topic.Listeners == 0)
                {
                    _signals._topics.Remove(_topic.Name);
                }
            }
        }
    }

    private readonly TimeProvider _time = time;
}
