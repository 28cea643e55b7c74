using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Saas.Discovery.Sync;
using Saas.LocalRegistry.Sync;

namespace Saas.LocalRegistry.View;

/// <summary>
/// The default project's catalogs, one follower a datacenter: the local one always, kept on disk; others from the first
/// question on, until nobody asked for <see cref="ForgetAfter"/>.
/// </summary>
internal sealed partial class CatalogViews : ICatalogViews
{
    public static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(10);

    /// <summary>For how long a question about a datacenter that is not followed yet waits.</summary>
    private static readonly TimeSpan FirstAnswer = TimeSpan.FromSeconds(3);

    private const int MaxDatacenters = 16;

    private readonly ConcurrentDictionary<string, Foreign> _others = new(StringComparer.OrdinalIgnoreCase);
    private readonly RegistryClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly QueryCache _queries;
    private readonly ViewFile _file;

    /// <exception cref="System.Text.Json.JsonException">The file is not a document of ours.</exception>
    public CatalogViews(string nodeName, RegistryClient client, IDurableFiles files, TimeProvider time, ILogger log)
    {
        (NodeName, _client, _time, _log) = (nodeName, client, time, log);
        _queries = new QueryCache(client, time);
        _file = new ViewFile(files);
        Local = new CatalogFollower("", client, time, log);
        if (_file.Read() is { } saved)
        {
            Local.Begin(saved);
        }
    }

    /// <summary>The local datacenter's.</summary>
    public CatalogFollower Local { get; }

    public string LocalDatacenter => Local.Current?.Datacenter ?? "";

    public string NodeName { get; }

    public async ValueTask<CatalogView?> FindAsync(string? datacenter, CancellationToken ct) =>
        (await FollowerAsync(datacenter, ct))?.Current;

    public ValueTask<QueryAnswer?> ExecuteAsync(string query, string? datacenter, CancellationToken ct) =>
        _queries.ExecuteAsync(query, datacenter ?? "", ct);

    /// <summary>The follower of a datacenter, after its first answer; null: there is none, or none came in time.</summary>
    /// <param name="datacenter">Null or empty: the local one.</param>
    public async ValueTask<CatalogFollower?> FollowerAsync(string? datacenter, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(datacenter) || string.Equals(datacenter, LocalDatacenter, StringComparison.OrdinalIgnoreCase))
        {
            return Local.Current is null ? null : Local;
        }

        if (!_others.TryGetValue(datacenter, out var other))
        {
            if (_others.Count >= MaxDatacenters || !await ExistsAsync(datacenter, ct))
            {
                return null;
            }

            other = _others.GetOrAdd(datacenter, name => new Foreign(new CatalogFollower(name, _client, _time, _log)));
            other.Start();
        }

        other.AskedAt = _time.GetTimestamp();
        var changed = other.Follower.Changed.Next;
        if (other.Follower.Current is null)
        {
            await changed.AtMostAsync(FirstAnswer, _time, ct);
        }

        return other.Follower.Current is null ? null : other.Follower;
    }

    /// <summary>The names that are known: the registry's, or in an outage those that were last heard.</summary>
    public async Task<IReadOnlyList<string>> DatacentersAsync(CancellationToken ct)
    {
        if (_datacenters is { } known && _time.GetElapsedTime(known.At) < DatacentersFor)
        {
            return known.Names;
        }

        try
        {
            var names = await _client.DatacentersAsync(ct);
            _datacenters = new KnownDatacenters(names, _time.GetTimestamp());
            return names;
        }
        catch (RegistryException e)
        {
            LogDatacenters(_log, e.Message);
            _datacenters = new KnownDatacenters(_datacenters?.Names ?? (LocalDatacenter.Length > 0 ? [LocalDatacenter] : []), _time.GetTimestamp());
            return _datacenters.Names;
        }
    }

    public async Task RunAsync(CancellationToken ct)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            await await Task.WhenAny(Local.RunAsync(all.Token), SaveAsync(all.Token), ForgetAsync(all.Token));
        }
        finally
        {
            await all.CancelAsync();
            await Task.WhenAll(_others.Values.Select(o => o.DisposeAsync().AsTask()));
        }
    }

    private static readonly TimeSpan DatacentersFor = TimeSpan.FromSeconds(30);
    private KnownDatacenters? _datacenters;

    private async Task<bool> ExistsAsync(string datacenter, CancellationToken ct) =>
        (await DatacentersAsync(ct)).Contains(datacenter, StringComparer.OrdinalIgnoreCase);

    private async Task SaveAsync(CancellationToken ct)
    {
        CatalogView? saved = null;
        while (!ct.IsCancellationRequested)
        {
            var changed = Local.Changed.Next;
            if (Local.Current is { } current && !ReferenceEquals(current.Catalog, saved?.Catalog))
            {
                try
                {
                    _file.Write(current);
                    saved = current;
                }
                catch (IOException e)
                {
                    LogDisk(_log, e.Message);
                }

                // At once, and then not again for a while: an agent that is killed early has its view as well.
                await Task.Delay(SaveEvery, _time, ct);
            }

            await changed.WaitAsync(ct);
        }
    }

    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(2);

    private async Task ForgetAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMinutes(1), _time, ct);
            foreach (var (name, other) in _others)
            {
                if (_time.GetElapsedTime(other.AskedAt) > ForgetAfter && _others.TryRemove(name, out var gone))
                {
                    await gone.DisposeAsync();
                }
            }
        }
    }

    private sealed record KnownDatacenters(IReadOnlyList<string> Names, long At);

    /// <summary>A follower that runs only while somebody asks.</summary>
    private sealed class Foreign(CatalogFollower follower) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Lock _gate = new();
        private Task? _running;
        private long _askedAt;

        public CatalogFollower Follower => follower;

        public long AskedAt
        {
            get => Volatile.Read(ref _askedAt);
            set => Volatile.Write(ref _askedAt, value);
        }

        public void Start()
        {
            lock (_gate)
            {
                _running ??= follower.RunAsync(_stop.Token);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await (_running ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }
    }

    [LoggerMessage(321, LogLevel.Warning, "The registry does not say which datacenters there are: {Reason}")]
    private static partial void LogDatacenters(ILogger log, string reason);

    [LoggerMessage(322, LogLevel.Error, "The catalog cannot be written to disk: {Reason}")]
    private static partial void LogDisk(ILogger log, string reason);
}
