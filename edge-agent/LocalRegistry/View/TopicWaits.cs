using System.Collections.Concurrent;

namespace Saas.LocalRegistry.View;

/// <summary>Waits by topic (<see cref="Discovery.Catalog.CatalogTopics"/>). A topic costs something only while somebody waits for it.</summary>
internal sealed class TopicWaits
{
    private readonly ConcurrentDictionary<string, Entry> _topics = new(StringComparer.Ordinal);

    /// <summary>Taken before one looks, disposed of after one waited.</summary>
    public Wait Of(string topic)
    {
        while (true)
        {
            var entry = _topics.GetOrAdd(topic, static _ => new Entry());
            lock (entry)
            {
                if (!entry.IsGone)
                {
                    entry.Waiters++;
                    return new Wait(this, topic, entry, entry.Pulse.Next);
                }
            }
        }
    }

    public void Raise(string topic)
    {
        if (_topics.TryGetValue(topic, out var entry))
        {
            entry.Pulse.Raise();
        }
    }

    public void RaiseAll()
    {
        foreach (var entry in _topics.Values)
        {
            entry.Pulse.Raise();
        }
    }

    /// <summary>Topics that are waited for.</summary>
    public int Count => _topics.Count;

    internal sealed class Entry
    {
        public Pulse Pulse { get; } = new();
        public int Waiters { get; set; }
        public bool IsGone { get; set; }
    }

    internal readonly struct Wait(TopicWaits waits, string topic, Entry entry, Task changed) : IDisposable
    {
        public Task Changed => changed;

        public void Dispose()
        {
            lock (entry)
            {
                entry.Waiters--;
                if (entry.Waiters == 0)
                {
                    entry.IsGone = true;
                    waits._topics.TryRemove(KeyValuePair.Create(topic, entry));
                }
            }
        }
    }
}
