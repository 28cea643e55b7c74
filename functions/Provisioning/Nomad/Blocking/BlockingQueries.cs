using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Saas.Hosting.Problems;
using Saas.Storage;

namespace Saas.Provisioning.Nomad.Blocking;

/// <summary>
/// Nomad's blocking queries, level-triggered: a client that comes with the index of the present answer waits until there is
/// another one, or its wait is over; with any other index it is answered at once. A waiting client costs a timer and a
/// continuation. All that wait for the same share one evaluation, and one is made only after a change that concerns it; nobody
/// else is woken. An instance that is told to stop ends all waits.
/// </summary>
internal sealed class BlockingQueries(ClusterWatch watch, AnswerIndexes indexes, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>Of one instance.</summary>
    private const int MaxWaiters = 20_000;

    private const int MaxWaitersOfTenant = 5_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LiveQuery> _live = new(StringComparer.Ordinal);
    private int _waiters;
    private long _evaluations;

    /// <summary>How many answers were worked out for clients that wait, for tests.</summary>
    public long Evaluations => Interlocked.Read(ref _evaluations);

    /// <summary>How many clients wait, for tests.</summary>
    public int Waiters => Volatile.Read(ref _waiters);

    /// <param name="key">See <see cref="QueryKeys"/>.</param>
    /// <exception cref="ProblemException">The question's; 429: too many wait.</exception>
    public async Task<NomadAnswer> AnswerAsync(
        TenantScope tenant, string key, NomadQuestion question, QueryOptions options, CancellationToken ct)
    {
        if (options.Index == 0)
        {
            return indexes.Answer(key, await question.AskAsync(ct));
        }

        using var participant = watch.Join(tenant);
        if (Interlocked.Increment(ref _waiters) > MaxWaiters || participant.Watch.Participants > MaxWaitersOfTenant)
        {
            Interlocked.Decrement(ref _waiters);
            throw new ProblemException(Problem.TooManyRequests("Too many blocking queries.", TimeSpan.FromSeconds(5)));
        }

        var live = Enter(key, question, participant.Watch);
        try
        {
            await participant.Watch.Ready.WaitAsync(ct);
            return await WaitAsync(live, options, ct);
        }
        finally
        {
            Leave(live);
            Interlocked.Decrement(ref _waiters);
        }
    }

    private async Task<NomadAnswer> WaitAsync(LiveQuery live, QueryOptions options, CancellationToken ct)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
        var began = time.GetTimestamp();
        while (true)
        {
            // Before the answer: what changes while it is worked out is noticed.
            var change = live.NextChange;
            var answer = await live.AnswerAsync().WaitAsync(ct);
            var left = options.Wait - time.GetElapsedTime(began);
            if (!AnswerIndex.IsSame(answer.Index, options.Index) || left <= TimeSpan.Zero || ends.IsCancellationRequested)
            {
                return answer;
            }

            // Thousands of waits end every second: that must not be an exception thrown for each. Timers know whole milliseconds.
            await change.WaitAsync(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), time, ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
        }
    }

    private LiveQuery Enter(string key, NomadQuestion question, TenantWatch tenant)
    {
        lock (_gate)
        {
            if (!_live.TryGetValue(key, out var live))
            {
                _live[key] = live = new LiveQuery(key, question, tenant, EvaluateAsync);
                tenant.Attach(live);
            }

            live.Waiters++;
            return live;
        }
    }

    private void Leave(LiveQuery live)
    {
        lock (_gate)
        {
            if (--live.Waiters == 0)
            {
                _live.Remove(live.Key);
                live.Watch.Detach(live);
            }
        }
    }

    private async Task<NomadAnswer> EvaluateAsync(LiveQuery live)
    {
        // Not under the lock that starts it: an embedded store answers on the calling thread.
        await Task.Yield();
        Interlocked.Increment(ref _evaluations);
        return indexes.Answer(live.Key, await live.Question.AskAsync(CancellationToken.None));
    }
}

/// <summary>A query that clients wait for, with its answer as of the last change that concerned it.</summary>
internal sealed class LiveQuery(string key, NomadQuestion question, TenantWatch watch, Func<LiveQuery, Task<NomadAnswer>> evaluateAsync)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<NomadAnswer>? _latest;
    private long _stamp;
    private long _noticed = watch.StampOf(question.Topics);

    public string Key => key;
    public NomadQuestion Question => question;
    public TenantWatch Watch => watch;

    /// <summary>The owner's lock guards it.</summary>
    public int Waiters { get; set; }

    /// <summary>Ends with the next change that may concern it. Take it before the answer.</summary>
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

    /// <summary>Something of the tenant has changed: those who wait are woken if that may concern them.</summary>
    public void Notice()
    {
        TaskCompletionSource passed;
        lock (_gate)
        {
            var stamp = watch.StampOf(question.Topics);
            if (stamp == _noticed)
            {
                return;
            }

            (_noticed, passed, _next) = (stamp, _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        passed.SetResult();
    }

    /// <summary>Shared, so no single client's leaving ends it. What begins after a change is a newer one.</summary>
    public Task<NomadAnswer> AnswerAsync()
    {
        lock (_gate)
        {
            var stamp = watch.StampOf(question.Topics);
            if (_latest is null or { IsFaulted: true } or { IsCanceled: true } || _stamp != stamp)
            {
                (_latest, _stamp) = (evaluateAsync(this), stamp);
            }

            return _latest;
        }
    }
}
