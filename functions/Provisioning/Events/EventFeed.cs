using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Saas.Cluster.Changes;
using Saas.Provisioning.Nomad.Blocking;
using Saas.Storage;

namespace Saas.Provisioning.Events;

/// <summary>
/// Of one tenant: looks at what has changed whenever something has, and keeps the last events. It looks at most four times a
/// second, and never spends more than a quarter of the time on it.
/// </summary>
internal sealed partial class EventFeed(ClusterLook look, ClusterWatch watch, IHostApplicationLifetime lifetime, TimeProvider time, ILogger logger)
{
    /// <summary>How much longer than it looks it rests.</summary>
    private const int IdleShare = 3;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(30);

    /// <summary>How long after the last listener, so that one who was cut off finds its place again.</summary>
    private static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(5);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<ChangeKinds, long> _seen = [];
    private long _index;

    public EventBuffer Buffer { get; } = new();

    /// <summary>From then on no change is missed.</summary>
    public Task Ready => _ready.Task;

    /// <summary>The owner's lock guards it, as <see cref="LeftAt"/>.</summary>
    public int Listeners { get; set; }

    public long LeftAt { get; set; }

    public bool IsForgotten => time.GetElapsedTime(LeftAt) >= RememberedFor;

    /// <summary>Runs as long as it is needed. Does not throw.</summary>
    public async Task RunAsync(TenantScope tenant, Func<bool> isNeeded)
    {
        await Task.Yield();
        using var participant = watch.Join(tenant);
        await participant.Watch.Ready;
        while (isNeeded() && !lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Before the look: what changes while it lasts is noticed.
            var change = participant.Watch.NextChange;
            var began = time.GetTimestamp();
            if (!await TryLookAsync(participant.Watch))
            {
                await Task.Delay(PauseAfterFailure, time);
                continue;
            }

            _ready.TrySetResult();
            var (spent, ended) = (time.GetElapsedTime(began), time.GetTimestamp());
            await change.WaitAsync(CheckEvery, time, lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var pause = spent * IdleShare > Pace ? spent * IdleShare : Pace;
            if (pause - time.GetElapsedTime(ended) is var rest && rest > TimeSpan.Zero)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)), time);
            }
        }
    }

    private async Task<bool> TryLookAsync(TenantWatch tenant)
    {
        try
        {
            var stamps = ChangeStamps.In(ClusterLook.Kinds).ToDictionary(static kind => kind, kind => tenant.StampOf(new ChangeTopics(kind)));
            var changed = stamps.Where(stamp => !_seen.TryGetValue(stamp.Key, out var seen) || seen != stamp.Value)
                .Aggregate(ChangeKinds.None, static (kinds, stamp) => kinds | stamp.Key);
            var events = await look.EventsAsync(changed, CancellationToken.None);
            if (events.Count > 0)
            {
                _index = Math.Max(_index + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
                Buffer.Append(new EventBatch(_index, events));
            }

            foreach (var (kind, stamp) in stamps)
            {
                _seen[kind] = stamp;
            }

            return true;
        }
        catch (Exception e) when (e is StorageUnavailableException or InvalidDataException)
        {
            Log.NotLooked(logger, e);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Changes of a tenant are told late: its rows could not be read.")]
        public static partial void NotLooked(ILogger logger, Exception exception);
    }
}
