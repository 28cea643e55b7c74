using System.Collections.Concurrent;
using Saas.Storage.Signals;

namespace Saas.Keys;

/// <summary>
/// Secrets in use: bounded in number and age, and zeroed (disposed) as soon as they are out of the cache and nobody
/// leases them any more. Callers that miss the same key at once share one load. Safe for concurrent use.
/// <para>
/// With a signal and topics, a value is stale from the moment its topic is raised; without, once
/// <see cref="SecretCacheLimits.FreshFor"/> has passed or <see cref="Remove"/> was called.
/// </para>
/// </summary>
public sealed class SecretCache<TKey, TValue> : IDisposable
    where TKey : notnull
    where TValue : class, IDisposable
{
    /// <summary>Making room one by one would sort the cache at every miss of a full one.</summary>
    private const int RoomDivisor = 8;

    private readonly ConcurrentDictionary<TKey, LeasedSecret<TValue>> _entries = new();
    private readonly Dictionary<TKey, Task<LeasedSecret<TValue>>> _loads = [];
    private readonly Lock _gate = new();
    private readonly SecretCacheLimits _limits;
    private readonly TimeProvider _time;
    private readonly IChangeSignal? _signal;
    private readonly Func<TKey, string>? _topic;
    private readonly ITimer _sweep;
    private bool _isDisposed;

    /// <param name="topic">Of a key; asked once a load.</param>
    public SecretCache(SecretCacheLimits limits, TimeProvider time, IChangeSignal? signal = null, Func<TKey, string>? topic = null)
    {
        if (limits.Count < 1 || limits.KeepFor <= TimeSpan.Zero)
        {
            throw new ArgumentException("A cache keeps at least one value for some time.", nameof(limits));
        }

        (_limits, _time, _signal, _topic) = (limits, time, signal, topic);
        _sweep = time.CreateTimer(static cache => ((SecretCache<TKey, TValue>)cache!).Sweep(), this, limits.KeepFor / 4, limits.KeepFor / 4);
    }

    /// <summary>Values kept, leased ones that are out of the cache not counted.</summary>
    public int Count => _entries.Count;

    /// <summary>A hit: allocates nothing and waits for nothing. False: <see cref="LeaseAsync"/> has to look.</summary>
    public bool TryLease(TKey key, out Lease<TValue> lease)
    {
        var now = _time.GetTimestamp();
        if (_entries.TryGetValue(key, out var entry) && IsFresh(entry, now))
        {
            return entry.TryLease(now, out lease);
        }

        lease = default;
        return false;
    }

    /// <summary>The value, from the cache or from <paramref name="load"/>.</summary>
    /// <param name="ct">Gives up waiting; the load goes on for the others.</param>
    public ValueTask<Lease<TValue>> LeaseAsync(TKey key, LoadSecret<TKey, TValue> load, CancellationToken ct) =>
        TryLease(key, out var lease) ? ValueTask.FromResult(lease) : new ValueTask<Lease<TValue>>(LoadAsync(key, load, ct));

    /// <summary>
    /// As <see cref="LeaseAsync"/>, but asks <paramref name="load"/> even when the value is fresh. For what is cached
    /// again on top of it, whose age would otherwise add to the age of this.
    /// </summary>
    public ValueTask<Lease<TValue>> RecheckAsync(TKey key, LoadSecret<TKey, TValue> load, CancellationToken ct) =>
        new(LoadAsync(key, load, ct));

    /// <summary>
    /// Forgets the value, because this process changed or destroyed what it stands for. A load that has begun before
    /// does not bring it back, and nobody is given what it loads.
    /// </summary>
    public void Remove(TKey key)
    {
        lock (_gate)
        {
            _loads.Remove(key);
            Evict(key);
        }
    }

    /// <summary>Everything is forgotten; what is leased lives until it is given back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _loads.Clear();
            foreach (var key in _entries.Keys)
            {
                Evict(key);
            }
        }

        _sweep.Dispose();
    }

    private async Task<Lease<TValue>> LoadAsync(TKey key, LoadSecret<TKey, TValue> load, CancellationToken ct)
    {
        var asked = _time.GetTimestamp();
        while (true)
        {
            // A load that had begun long before we asked may have looked before the change that we know of.
            var entry = await Join(key, load).WaitAsync(ct);
            if (IsCurrent(entry) && _time.GetElapsedTime(entry.CheckedAt, asked) < _limits.FreshFor
                && entry.TryLease(_time.GetTimestamp(), out var lease))
            {
                return lease;
            }
        }
    }

    /// <summary>The load under way for the key, begun now if there is none.</summary>
    private Task<LeasedSecret<TValue>> Join(TKey key, LoadSecret<TKey, TValue> load)
    {
        var begun = new TaskCompletionSource<LeasedSecret<TValue>>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_loads.TryGetValue(key, out var underWay))
            {
                return underWay;
            }

            _loads.Add(key, begun.Task);
        }

        _ = RunAsync(key, load, begun);
        return begun.Task;
    }

    private async Task RunAsync(TKey key, LoadSecret<TKey, TValue> load, TaskCompletionSource<LeasedSecret<TValue>> begun)
    {
        var known = default(Lease<TValue>);
        try
        {
            // Both from before the look: a change during it makes the value stale, never wrong.
            var topic = _topic?.Invoke(key);
            var version = Version(topic);
            var at = _time.GetTimestamp();
            var entry = LeaseKept(key, at, out known);
            var value = await load(key, known.ValueOrNull, CancellationToken.None);
            if (entry is null || !ReferenceEquals(value, entry.Value))
            {
                entry = new LeasedSecret<TValue>(value, topic, at);
            }

            entry.Checked(at, version);
            Land(key, begun.Task, entry);
            begun.SetResult(entry);
        }
        catch (Exception e)
        {
            Land(key, begun.Task, null);
            begun.SetException(e);
        }
        finally
        {
            known.Dispose();
        }
    }

    /// <summary>Puts what was loaded in its place, unless the key was removed meanwhile: then it is let go.</summary>
    private void Land(TKey key, Task<LeasedSecret<TValue>> load, LeasedSecret<TValue>? entry)
    {
        lock (_gate)
        {
            var isWanted = _loads.TryGetValue(key, out var current) && ReferenceEquals(current, load);
            if (isWanted)
            {
                _loads.Remove(key);
            }

            if (entry is null || (_entries.TryGetValue(key, out var present) && ReferenceEquals(present, entry)))
            {
                return;
            }

            if (!isWanted || _isDisposed)
            {
                entry.Release();
                return;
            }

            Evict(key);
            MakeRoom();
            _entries[key] = entry;
        }
    }

    private LeasedSecret<TValue>? LeaseKept(TKey key, long now, out Lease<TValue> lease)
    {
        lease = default;
        return _entries.TryGetValue(key, out var entry) && IsKept(entry, now) && entry.TryLease(now, out lease) ? entry : null;
    }

    private long Version(string? topic) => topic is null || _signal is null ? 0 : _signal.Version(topic);

    private bool IsCurrent(LeasedSecret<TValue> entry) => Version(entry.Topic) == entry.Version;

    private bool IsKept(LeasedSecret<TValue> entry, long now) => _time.GetElapsedTime(entry.LoadedAt, now) < _limits.KeepFor;

    private bool IsFresh(LeasedSecret<TValue> entry, long now) =>
        _time.GetElapsedTime(entry.CheckedAt, now) < _limits.FreshFor && IsKept(entry, now) && IsCurrent(entry);

    private void Sweep()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            foreach (var entry in _entries)
            {
                if (!IsKept(entry.Value, now))
                {
                    Evict(entry.Key);
                }
            }
        }
    }

    private void MakeRoom()
    {
        if (_entries.Count < _limits.Count)
        {
            return;
        }

        var leaving = Math.Max(_entries.Count - _limits.Count + 1, _limits.Count / RoomDivisor);
        foreach (var entry in _entries.OrderBy(static entry => entry.Value.UsedAt).Take(leaving).ToArray())
        {
            Evict(entry.Key);
        }
    }

    private void Evict(TKey key)
    {
        if (_entries.TryRemove(key, out var entry))
        {
            entry.Release();
        }
    }
}
