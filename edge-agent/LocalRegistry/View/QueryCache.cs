using System.Collections.Concurrent;
using Saas.Discovery.Sync;
using Saas.LocalRegistry.Sync;

namespace Saas.LocalRegistry.View;

/// <summary>
/// Answers of prepared queries: used again for a few seconds, and for as long as the registry is away. All that ask for
/// the same at a time share one request.
/// </summary>
internal sealed class QueryCache(RegistryClient client, TimeProvider time)
{
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    public const int MaxEntries = 1024;

    private readonly ConcurrentDictionary<(string Query, string Datacenter), Entry> _entries = new();

    /// <returns>Null: there is no such query, or the registry does not answer and never did.</returns>
    public async ValueTask<QueryAnswer?> ExecuteAsync(string query, string datacenter, CancellationToken ct)
    {
        var key = (query.ToLowerInvariant(), datacenter.ToLowerInvariant());
        if (!_entries.TryGetValue(key, out var entry))
        {
            MakeRoom();
            entry = _entries.GetOrAdd(key, static _ => new Entry());
        }

        // The request outlives the one who asked first: others wait for it too.
        var asked = entry.Ask(time, () => RequestAsync(entry, query, datacenter));
        await asked.WaitAsync(ct);
        return entry.Answer;
    }

    private async Task RequestAsync(Entry entry, string query, string datacenter)
    {
        try
        {
            entry.Answer = await client.QueryAsync(query, datacenter, CancellationToken.None);
        }
        catch (RegistryException e) when (e.Fault is RegistryFault.NotFound or RegistryFault.Refused)
        {
            entry.Answer = null;
        }
        catch (RegistryException)
        {
            // In an outage the last answer stands; whoever follows the catalog says in the log that there is one.
            return;
        }
    }

    private void MakeRoom()
    {
        if (_entries.Count >= MaxEntries && _entries.MinBy(e => e.Value.AskedAt) is { Key: var oldest })
        {
            _entries.TryRemove(oldest, out _);
        }
    }

    private sealed class Entry
    {
        private readonly Lock _gate = new();
        private Task? _request;

        public long AskedAt { get; private set; }
        public QueryAnswer? Answer { get; set; }

        public Task Ask(TimeProvider time, Func<Task> request)
        {
            lock (_gate)
            {
                if (_request is null || _request.IsCompleted && time.GetElapsedTime(AskedAt) >= Fresh)
                {
                    AskedAt = time.GetTimestamp();
                    _request = request();
                }

                return _request;
            }
        }
    }
}
