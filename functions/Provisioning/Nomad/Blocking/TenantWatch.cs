using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Storage;
using Saas.Storage.Signals;

namespace Saas.Provisioning.Nomad.Blocking;

/// <summary>
/// Notices changes of one tenant for all that wait: those of this process by their signal, those of others by one look a
/// second at the tenant's <see cref="ChangeMarks"/>, and what neither told by letting everyone look again from time to time.
/// </summary>
internal sealed partial class TenantWatch(TenantScope tenant, IChangeSignal signal, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ResyncEvery = TimeSpan.FromSeconds(30);

    /// <summary>Changes that follow each other within this are one for those who wait.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<ChangeKinds, long> _marked = [];
    private readonly HashSet<LiveQuery> _queries = [];
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IReadOnlyDictionary<string, string>? _marks;
    private long _resyncs;

    public string TenantId => tenant.Tenant.Value;

    /// <summary>The owner's lock guards it.</summary>
    public int Participants { get; set; }

    /// <summary>From then on no change by another process is missed.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Ends with the next change of anything. Take it before reading what may change.</summary>
    public Task NextChange
    {
        get
        {
            lock (_gate)
            {
                return _next.Task;
            }
        }
    }

    /// <summary>From then on the query is told of changes, until it is detached.</summary>
    public void Attach(LiveQuery query)
    {
        lock (_gate)
        {
            _queries.Add(query);
        }
    }

    public void Detach(LiveQuery query)
    {
        lock (_gate)
        {
            _queries.Remove(query);
        }
    }

    /// <summary>Rises with every change that may concern the topics.</summary>
    public long StampOf(ChangeTopics topics)
    {
        lock (_gate)
        {
            return ChangeStamps.Of(signal, TenantId, topics) + ChangeStamps.In(topics.Kinds).Sum(kind => _marked.GetValueOrDefault(kind)) + _resyncs;
        }
    }

    /// <summary>Watches as long as it is needed. Does not throw.</summary>
    public async Task RunAsync(Func<bool> isNeeded)
    {
        await Task.Yield();
        var topic = ClusterTopics.Tenant(TenantId);
        var seen = signal.Version(topic);
        await LookAsync();
        _ready.SetResult();
        var (looked, resynced, woken) = (time.GetTimestamp(), time.GetTimestamp(), time.GetTimestamp());
        while (isNeeded())
        {
            await signal.WaitAsync(topic, seen, LookEvery, CancellationToken.None);
            var version = signal.Version(topic);
            var isNews = version != seen;
            seen = version;
            if (time.GetElapsedTime(looked) >= LookEvery * 0.9)
            {
                isNews |= await LookAsync();
                looked = time.GetTimestamp();
            }

            if (time.GetElapsedTime(resynced) >= ResyncEvery)
            {
                Resync();
                (isNews, resynced) = (true, time.GetTimestamp());
            }

            if (isNews)
            {
                if (Pace - time.GetElapsedTime(woken) is var pause && pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, time);
                }

                woken = time.GetTimestamp();
                Wake();
            }
        }
    }

    /// <returns>Whether another process marked a change since the last look.</returns>
    private async Task<bool> LookAsync()
    {
        try
        {
            var marks = await ChangeMarks.ReadAsync(tenant, signal, CancellationToken.None);
            lock (_gate)
            {
                var before = _marks;
                _marks = marks;
                var changed = marks.Where(mark => before is not null && before.GetValueOrDefault(mark.Key) != mark.Value).ToArray();
                foreach (var kind in changed.SelectMany(static mark => ChangeStamps.In(ChangeMarks.KindOf(mark.Key))))
                {
                    _marked[kind] = _marked.GetValueOrDefault(kind) + 1;
                }

                return changed.Length > 0;
            }
        }
        catch (StorageUnavailableException e)
        {
            Log.NotLooked(logger, TenantId, e);
            return false;
        }
    }

    private void Resync()
    {
        lock (_gate)
        {
            _resyncs++;
        }
    }

    private void Wake()
    {
        TaskCompletionSource passed;
        LiveQuery[] queries;
        lock (_gate)
        {
            (passed, _next) = (_next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            queries = [.. _queries];
        }

        passed.SetResult();
        foreach (var query in queries)
        {
            query.Notice();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Changes of {Tenant} by other processes are seen late: the store does not answer.")]
        public static partial void NotLooked(ILogger logger, string tenant, Exception exception);
    }
}
