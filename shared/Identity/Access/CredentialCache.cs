using System.Collections.Concurrent;
using Saas.Storage.Signals;

namespace Saas.Identity.Access;

/// <summary>
/// What the store said lately, by the credential's public part. Bounded, and filled only with rows that exist: guessing
/// credentials does not push real ones out.
/// </summary>
internal sealed class CredentialCache
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, CachedCredential> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CachedCredential>.AlternateLookup<ReadOnlySpan<char>> _byLocator;
    private readonly IChangeSignal _signal;
    private readonly TimeProvider _time;
    private readonly int _capacity;

    public CredentialCache(IChangeSignal signal, TimeProvider time, int capacity)
    {
        (_signal, _time, _capacity) = (signal, time, capacity);
        _byLocator = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => _entries.Count;

    /// <summary>The entry, unless it is too old or its tenant has changed since.</summary>
    public CachedCredential? Find(ReadOnlySpan<char> locator) =>
        _byLocator.TryGetValue(locator, out var entry) && IsFresh(entry) ? entry : null;

    public void Put(string locator, CachedCredential entry)
    {
        if (_entries.Count >= _capacity)
        {
            MakeRoom();
        }

        _entries[locator] = entry;
    }

    private bool IsFresh(CachedCredential entry) =>
        _time.GetElapsedTime(entry.LoadedAt) < MaxAge && _signal.Version(entry.Topic) == entry.Version;

    /// <summary>Rare, so simple: what is stale goes, and if nothing was, everything. It costs a read each to come back.</summary>
    private void MakeRoom()
    {
        foreach (var entry in _entries)
        {
            if (!IsFresh(entry.Value))
            {
                _entries.TryRemove(entry);
            }
        }

        if (_entries.Count >= _capacity)
        {
            _entries.Clear();
        }
    }
}
