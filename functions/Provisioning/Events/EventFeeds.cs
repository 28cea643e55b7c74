using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Saas.Hosting.Problems;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Nomad.Blocking;
using Saas.Storage;

namespace Saas.Provisioning.Events;

/// <summary>The tenants of whose changes somebody wants to hear, each with one feed for all who do.</summary>
internal sealed class EventFeeds(
    ClusterWatch watch, AllocationReader allocations, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<EventFeeds> logger)
{
    private const int MaxFeeds = 500;
    private const int MaxListenersOfTenant = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, EventFeed> _feeds = new(StringComparer.Ordinal);
    private int _listening;

    /// <summary>How many clients wait for something to be told, for tests.</summary>
    public int Listening => Volatile.Read(ref _listening);

    /// <summary>Listens until disposed.</summary>
    /// <exception cref="ProblemException">429: too many do.</exception>
    public Listener Join(TenantScope tenant)
    {
        lock (_gate)
        {
            if (!_feeds.TryGetValue(tenant.Tenant.Value, out var feed))
            {
                if (_feeds.Count >= MaxFeeds)
                {
                    throw TooMany();
                }

                _feeds[tenant.Tenant.Value] = feed = new EventFeed(new ClusterLook(tenant, allocations), watch, lifetime, time, logger);
                _ = feed.RunAsync(tenant, () => IsNeeded(feed, tenant));
            }

            if (feed.Listeners >= MaxListenersOfTenant)
            {
                throw TooMany();
            }

            feed.Listeners++;
            return new Listener(this, feed);
        }

        static ProblemException TooMany() => new(Problem.TooManyRequests("Too many event streams.", TimeSpan.FromSeconds(30)));
    }

    /// <summary>Waits as <see cref="Task.WaitAsync(TimeSpan)"/> does, and is counted.</summary>
    public async Task WaitAsync(Task appended, TimeSpan wait, CancellationToken ct)
    {
        Interlocked.Increment(ref _listening);
        await appended.WaitAsync(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref _listening);
    }

    private bool IsNeeded(EventFeed feed, TenantScope tenant)
    {
        lock (_gate)
        {
            return feed.Listeners > 0 || !feed.IsForgotten || !_feeds.Remove(tenant.Tenant.Value);
        }
    }

    private void Leave(EventFeed feed)
    {
        lock (_gate)
        {
            feed.Listeners--;
            feed.LeftAt = time.GetTimestamp();
        }
    }

    internal readonly struct Listener(EventFeeds owner, EventFeed feed) : IDisposable
    {
        public EventFeed Feed => feed;

        public void Dispose() => owner.Leave(feed);
    }
}
