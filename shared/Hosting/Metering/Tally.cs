using System.Collections.Concurrent;

namespace Saas.Hosting.Metering;

/// <summary>
/// Adds up by key, drained now and then, with nothing lost and nothing counted twice. Safe for concurrent use; counting
/// takes no lock.
/// </summary>
/// <remarks>
/// Naive would be to swap the dictionary on drain: a thread that looked up its counter before the swap then counts in a
/// dictionary that nobody reads again. Here draining closes each counter, and who finds it closed takes a new one.
/// </remarks>
internal sealed class Tally<TKey>
    where TKey : notnull
{
    private const long Closed = -1;

    private readonly ConcurrentDictionary<TKey, Slot> _slots = new();

    /// <param name="quantity">Not negative.</param>
    public void Add(TKey key, long quantity = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(quantity);
        while (true)
        {
            var slot = _slots.GetOrAdd(key, static _ => new Slot());
            if (slot.TryAdd(quantity))
            {
                return;
            }

            _slots.TryRemove(new(key, slot));
        }
    }

    /// <summary>What was counted since the last drain.</summary>
    public IReadOnlyList<(TKey Key, long Count)> Drain()
    {
        var drained = new List<(TKey, long)>();
        foreach (var pair in _slots)
        {
            var count = pair.Value.Close();
            _slots.TryRemove(pair);
            if (count > 0)
            {
                drained.Add((pair.Key, count));
            }
        }

        return drained;
    }

    private sealed class Slot
    {
        private long _count;

        public bool TryAdd(long quantity)
        {
            var seen = Volatile.Read(ref _count);
            while (seen != Closed)
            {
                var before = Interlocked.CompareExchange(ref _count, seen + quantity, seen);
                if (before == seen)
                {
                    return true;
                }

                seen = before;
            }

            return false;
        }

        public long Close() => Interlocked.Exchange(ref _count, Closed);
    }
}
