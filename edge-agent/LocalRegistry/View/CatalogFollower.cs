using Microsoft.Extensions.Logging;
using Saas.Discovery.Catalog;
using Saas.Discovery.Sync;
using Saas.LocalRegistry.Sync;

namespace Saas.LocalRegistry.View;

/// <summary>Follows one datacenter's catalog by long polls. What was heard stays through an outage. Safe for concurrent readers.</summary>
/// <param name="datacenter">Empty: the node's own.</param>
internal sealed partial class CatalogFollower(string datacenter, RegistryClient client, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(55);
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromSeconds(1);

    private readonly RetryDelay _delay = new(Random.Shared.NextDouble);
    private CatalogView? _current;
    private bool _askedOnce;
    private volatile bool _isPolling;

    /// <summary>Null until something was heard.</summary>
    public CatalogView? Current => Volatile.Read(ref _current);

    /// <summary>Anything of the catalog changed, or it was heard for the first time.</summary>
    public Pulse Changed { get; } = new();

    /// <summary>Who waits for one thing is woken for that only.</summary>
    public TopicWaits Topics { get; } = new();

    /// <summary>Whether the registry answered last time.</summary>
    public bool IsReached { get; private set; } = true;

    /// <summary>Monotonic: a poll that is under way, while the registry answers, is word of it that nothing changed.</summary>
    public long HeardAt => IsReached && _isPolling ? time.GetTimestamp() : Current?.HeardAt ?? 0;

    /// <summary>Starts with what was heard in an earlier life.</summary>
    public void Begin(CatalogDelta saved) => Accept(saved, heardAt: time.GetTimestamp());

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await TurnAsync(ct);
                _delay.Reset();
                IsReached = true;
            }
            catch (RegistryException e)
            {
                IsReached = _isPolling = false;
                var pause = _delay.Next(e.RetryAfter);
                LogFailed(log, datacenter.Length == 0 ? "local" : datacenter, e.Message, pause.TotalSeconds);
                await Task.Delay(pause, time, ct);
            }
        }
    }

    /// <summary>Until the catalog is at least as new; at most so long.</summary>
    public async Task ReachAsync(ulong index, TimeSpan atMost, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var changed = Changed.Next;
            var left = atMost - time.GetElapsedTime(started);
            if (Current?.Index >= index || left <= TimeSpan.Zero)
            {
                return;
            }

            await changed.AtMostAsync(left, time, ct);
        }
    }

    private async Task TurnAsync(CancellationToken ct)
    {
        // The first question is for everything: what is here may be from an earlier life.
        var asked = time.GetTimestamp();
        var since = _askedOnce ? Current?.Index ?? 0 : 0;
        var delta = await client.FollowAsync(datacenter, since, since == 0 ? TimeSpan.Zero : LongPoll, ct);
        _askedOnce = _isPolling = true;
        var isNews = Accept(delta, time.GetTimestamp());
        if (!isNews && since != 0 && time.GetElapsedTime(asked) is var took && took < ShortestPoll)
        {
            // A server that answers at once with what we have would be asked in a tight circle.
            await Task.Delay(ShortestPoll - took, time, ct);
        }
    }

    private bool Accept(CatalogDelta delta, long heardAt)
    {
        var before = Current;
        var touched = new HashSet<string>(StringComparer.Ordinal);

        // A registry that was set up anew counts from the beginning.
        var isReset = delta.Full && delta.Index < before?.Index;
        var catalog = (isReset ? null : before?.Catalog) ?? CatalogState.Empty;
        catalog = catalog.WithDelta(delta, touched);
        Volatile.Write(ref _current, new CatalogView(catalog, delta.Index, delta.Datacenter, heardAt));
        if (before is null || isReset)
        {
            Topics.RaiseAll();
        }

        foreach (var topic in touched)
        {
            Topics.Raise(topic);
        }

        var isNews = before is null || delta.Index != before.Index || touched.Count > 0;
        if (isNews)
        {
            Changed.Raise();
        }

        return isNews;
    }

    [LoggerMessage(323, LogLevel.Warning, "Catalog of {Datacenter}: {Reason}; the last view stands; again in {Seconds:0.0} s")]
    private static partial void LogFailed(ILogger log, string datacenter, string reason, double seconds);
}
