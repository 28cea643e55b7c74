using Saas.Registry.State;

namespace Saas.Registry.Log;

/// <summary>
/// A domain in this process: its position in the log, how it gets on, and who waits for what. Safe for concurrent use.
/// Whoever changes the position holds the turn; whoever reads it needs nothing.
/// </summary>
internal sealed class Replica : IDisposable
{
    private readonly LogStore _log;
    private readonly SteadyClock _clock;
    private readonly HeadLooks _looks;
    private readonly Committer _committer;
    private readonly SemaphoreSlim _turn = new(1);
    private volatile Position? _position;
    private long _usedAt;
    private long _syncedAt;

    public Replica(LogStore log, SteadyClock clock)
    {
        (_log, _clock) = (log, clock);
        _looks = new HeadLooks(log);
        _committer = new Committer(this, log, clock);
        Watches = new Watches(clock.Time);
        Snapshots = new SnapshotWriter(log);
        Leases = new LeaseSweep(this, log, clock);
        _usedAt = clock.Time.GetTimestamp();
    }

    public Watches Watches { get; }

    public Consul.AnswerCache Answers { get; } = new();

    public LeaseSweep Leases { get; }

    public SnapshotWriter Snapshots { get; }

    public SteadyClock Clock => _clock;

    public bool IsLoaded => _position is not null;

    /// <exception cref="InvalidOperationException">Not loaded yet.</exception>
    public Position Position => _position ?? throw new InvalidOperationException("The replica is not loaded yet.");

    /// <summary>Since somebody asked something; zero while anybody waits.</summary>
    public TimeSpan Idle => Watches.Count > 0 ? TimeSpan.Zero : _clock.Time.GetElapsedTime(Interlocked.Read(ref _usedAt));

    /// <summary>How old the state may be at most.</summary>
    public TimeSpan Age => _clock.Time.GetElapsedTime(Interlocked.Read(ref _syncedAt));

    /// <summary>The state with everything in it that was acknowledged, by whatever instance, before this was called.</summary>
    /// <exception cref="Storage.StorageUnavailableException"/>
    public ValueTask<RegistryState> ReadAsync(CancellationToken ct)
    {
        var asked = _clock.Time.GetTimestamp();
        Interlocked.Exchange(ref _usedAt, asked);
        var look = _looks.LookAsync(ct);
        if (!look.IsCompletedSuccessfully)
        {
            return ReadSlowlyAsync(look.AsTask(), ct);
        }

        var seen = look.Result;
        if (!IsAt(seen))
        {
            return ReadSlowlyAsync(Task.FromResult(seen), ct);
        }

        Interlocked.Exchange(ref _syncedAt, asked);
        return ValueTask.FromResult(_position!.State);
    }

    /// <summary>The state, at most <paramref name="maxAge"/> old.</summary>
    public ValueTask<RegistryState> ReadStaleAsync(TimeSpan maxAge, CancellationToken ct)
    {
        if (_position is { } position && Age <= maxAge)
        {
            Interlocked.Exchange(ref _usedAt, _clock.Time.GetTimestamp());
            return ValueTask.FromResult(position.State);
        }

        return ReadAsync(ct);
    }

    /// <summary>
    /// Runs the command and commits what it changes. It may run several times. What it returns held at one moment between
    /// the call and its end.
    /// </summary>
    /// <exception cref="Consul.RegistryException">The command refused.</exception>
    /// <exception cref="GuardFailedException">See <see cref="Draft.Guard"/>.</exception>
    /// <exception cref="Storage.StorageUnavailableException">It may have been committed, or not.</exception>
    public Task<T> ExecuteAsync<T>(Func<Draft, T> command)
    {
        Interlocked.Exchange(ref _usedAt, _clock.Time.GetTimestamp());
        return _committer.ExecuteAsync(command);
    }

    public void Dispose()
    {
        _turn.Dispose();
        Watches.Dispose();
    }

    internal async Task InTurnAsync(Func<Task> work)
    {
        await _turn.WaitAsync();
        try
        {
            await work();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>In turn.</summary>
    internal async ValueTask EnsureLoadedAsync(CancellationToken ct)
    {
        if (_position is null)
        {
            await LoadAsync(ct);
        }
    }

    /// <summary>In turn: follows the log to its end. True: something had been written since.</summary>
    internal async ValueTask<bool> CatchUpAsync(Followed followed, CancellationToken ct)
    {
        var position = Position;
        var lookedAt = _clock.Time.GetTimestamp();
        var head = await _log.HeadAsync(ct);
        if (head?.ETag == position.HeadETag)
        {
            Interlocked.Exchange(ref _syncedAt, lookedAt);
            return false;
        }

        var before = followed.Touched.Count;
        if (head is not null && await _log.FollowAsync(position, head, followed, ct) is { } reached)
        {
            Publish(reached, followed.Touched.Skip(before));
            return true;
        }

        followed.Reloaded = true;
        await LoadAsync(ct);
        Watches.WakeAll();
        return true;
    }

    /// <summary>In turn: shows what is committed.</summary>
    internal void Publish(Position position, IEnumerable<string> touched)
    {
        _position = position;
        Interlocked.Exchange(ref _syncedAt, _clock.Time.GetTimestamp());
        Leases.Follow(position.State);
        Watches.Wake(touched);
    }

    /// <summary>A snapshot was written; what follows it is counted from there.</summary>
    internal Task SnapshotWrittenAsync(SnapshotPointer pointer) => InTurnAsync(() =>
    {
        var position = Position;
        _position = position with { Behind = pointer, TailBytes = 0 };
        return Task.CompletedTask;
    });

    private bool IsAt(string? headETag) => _position is { } position && position.HeadETag == headETag;

    private async ValueTask<RegistryState> ReadSlowlyAsync(Task<string?> look, CancellationToken ct)
    {
        var seen = await look;
        if (IsAt(seen))
        {
            return _position!.State;
        }

        await _turn.WaitAsync(ct);
        try
        {
            if (_position is null)
            {
                await LoadAsync(ct);
            }
            else if (!IsAt(seen))
            {
                await CatchUpAsync(new Followed(), ct);
            }

            return _position!.State;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        var lookedAt = _clock.Time.GetTimestamp();
        var position = await _log.LoadAsync(ct);
        await Leases.LoadAsync(position.State, ct);
        _position = position;
        Answers.Clear();
        Interlocked.Exchange(ref _syncedAt, lookedAt);
    }
}
