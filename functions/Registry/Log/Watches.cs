namespace Saas.Registry.Log;

/// <summary>
/// Who waits for what. A waiter is a continuation on its topic's one promise, with a timer of its own; it costs no thread,
/// and nothing of it stays when it leaves. A topic wakes its waiters at once, but not again within
/// <see cref="Spacing"/>: what flaps faster is seen by its watchers at that pace.
/// </summary>
internal sealed class Watches(TimeProvider time) : IDisposable
{
    public static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(50);

    /// <summary>Begins the topic of a key: a change of it also wakes those who wait for a prefix of it.</summary>
    public const string KeyTopic = "key:";

    private const string PrefixTopic = "keys:";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Topic> _topics = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, int> _prefixLengths = [];
    private int _count;

    /// <summary>Those who wait now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The topics kept, for tests.</summary>
    internal int TopicCount
    {
        get
        {
            lock (_gate)
            {
                return _topics.Count;
            }
        }
    }

    public static string Key(string key) => KeyTopic + key;

    /// <summary>All keys that begin so.</summary>
    public static string Prefix(string prefix) => PrefixTopic + prefix;

    /// <summary>Enter before reading the state, wait if that is not news, then leave (dispose): no change is missed.</summary>
    public Watch Enter(string topic)
    {
        lock (_gate)
        {
            if (!_topics.TryGetValue(topic, out var found))
            {
                _topics[topic] = found = new Topic(topic);
                if (found.IsPrefix)
                {
                    _prefixLengths[topic.Length] = _prefixLengths.GetValueOrDefault(topic.Length) + 1;
                }
            }

            found.Waiters++;
            _count++;
            found.Promise ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new Watch(this, found, found.Promise.Task);
        }
    }

    public void Wake(IEnumerable<string> touched)
    {
        lock (_gate)
        {
            if (_topics.Count == 0)
            {
                return;
            }

            foreach (var topic in touched)
            {
                WakeOne(topic);
                if (topic.StartsWith(KeyTopic, StringComparison.Ordinal))
                {
                    WakePrefixesOf(topic.AsSpan(KeyTopic.Length));
                }
            }
        }
    }

    public void WakeAll()
    {
        lock (_gate)
        {
            foreach (var topic in _topics.Values)
            {
                Fire(topic);
            }
        }
    }

    /// <summary>Forgets topics that nobody waits for any more.</summary>
    public void Sweep()
    {
        lock (_gate)
        {
            foreach (var topic in _topics.Values.Where(t => t.Waiters == 0 && !IsHot(t)).ToList())
            {
                Remove(topic);
            }
        }
    }

    /// <summary>How long to wait until the topic has settled; zero unless it woke its waiters just now.</summary>
    public TimeSpan Settling(string topic)
    {
        lock (_gate)
        {
            return _topics.TryGetValue(topic, out var found) && IsHot(found) ? Spacing - time.GetElapsedTime(found.WokenAt) : TimeSpan.Zero;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var topic in _topics.Values)
            {
                topic.Later?.Dispose();
            }
        }
    }

    /// <summary>Of the many prefixes of a key only those are looked up that somebody waits for one as long as.</summary>
    private void WakePrefixesOf(ReadOnlySpan<char> key)
    {
        foreach (var topicLength in _prefixLengths.Keys)
        {
            var length = topicLength - PrefixTopic.Length;
            if (length > key.Length)
            {
                return;
            }

            WakeOne(string.Concat(PrefixTopic, key[..length]));
        }
    }

    private void WakeOne(string name)
    {
        if (!_topics.TryGetValue(name, out var topic) || topic.Later is not null)
        {
            return;
        }

        if (!IsHot(topic))
        {
            Fire(topic);
            return;
        }

        topic.Later = time.CreateTimer(
            _ =>
            {
                lock (_gate)
                {
                    topic.Later?.Dispose();
                    topic.Later = null;
                    Fire(topic);
                }
            },
            null,
            Spacing - time.GetElapsedTime(topic.WokenAt),
            Timeout.InfiniteTimeSpan);
    }

    private bool IsHot(Topic topic) => topic.WasWoken && time.GetElapsedTime(topic.WokenAt) < Spacing;

    private void Fire(Topic topic)
    {
        (topic.WasWoken, topic.WokenAt) = (true, time.GetTimestamp());
        topic.Promise?.SetResult();
        topic.Promise = null;
    }

    private void Leave(Topic topic)
    {
        lock (_gate)
        {
            _count--;
            if (--topic.Waiters == 0 && topic.Later is null && !IsHot(topic))
            {
                Remove(topic);
            }
        }
    }

    private void Remove(Topic topic)
    {
        if (_topics.Remove(topic.Name))
        {
            if (topic.IsPrefix && --_prefixLengths[topic.Name.Length] == 0)
            {
                _prefixLengths.Remove(topic.Name.Length);
            }
        }
    }

    internal readonly struct Watch(Watches watches, Topic topic, Task promise) : IDisposable
    {
        /// <summary>Until the topic's answer may have changed, or the time has passed.</summary>
        public async Task WaitAsync(TimeSpan timeout, CancellationToken ct)
        {
            // Thousands time out every second: that must not be an exception thrown for each.
            await promise.WaitAsync(timeout, watches.Time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
        }

        public void Dispose() => watches.Leave(topic);
    }

    internal sealed class Topic(string name)
    {
        public string Name => name;
        public bool IsPrefix { get; } = name.StartsWith(PrefixTopic, StringComparison.Ordinal);
        public int Waiters { get; set; }
        public TaskCompletionSource? Promise { get; set; }
        public bool WasWoken { get; set; }
        public long WokenAt { get; set; }
        public ITimer? Later { get; set; }
    }

    private TimeProvider Time => time;
}
