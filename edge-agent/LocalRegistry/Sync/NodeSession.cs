using Microsoft.Extensions.Logging;
using Saas.Discovery.Sync;
using Saas.LocalRegistry.Registrations;

namespace Saas.LocalRegistry.Sync;

/// <summary>
/// Keeps what the registry knows of this node in one project equal to what is so. Level-triggered: each turn compares the
/// store with what was told, so bursts collapse into one message and nothing is lost.
/// <para>
/// A message whose answer did not come may have been taken. It is sent again as it was, under its number, until it is
/// answered; only then comes the next. Naive would be to compose it anew: the registry could then hold half of a change
/// under a number that we use for another.
/// </para>
/// </summary>
internal sealed partial class NodeSession
{
    private const int LifeSignsPerTtl = 3;
    private static readonly TimeSpan DriftEvery = TimeSpan.FromMinutes(1);

    private readonly string _ns;
    private readonly SessionParts _parts;
    private readonly NodeLedger _ledger;
    private readonly RetryDelay _delay = new(Random.Shared.NextDouble);
    private readonly Pulse _progress = new();
    private readonly long _start;

    private bool _isFullNeeded = true;
    private long _generation;
    private long _sequence;
    private long _knownGeneration;
    private Outgoing? _pending;
    private long _saidAt;
    private long _driftAt;
    private TimeSpan _driftAfter = DriftEvery;
    private IReadOnlyList<RoundTrip> _roundTripsSent = [];
    private SessionStatus _status = SessionStatus.Fresh;

    public NodeSession(string ns, SessionParts parts)
    {
        (_ns, _parts) = (ns, parts);
        _start = _driftAt = parts.Time.GetTimestamp();
        _ledger = new NodeLedger(parts.Options.NodeName, OutputDelay);
    }

    public string Project => _ns;

    public SessionStatus Status => Volatile.Read(ref _status);

    /// <summary>Completes with the next change of <see cref="Status"/>.</summary>
    public Task Progress => _progress.Next;

    /// <summary>Until cancelled, or until another session turns out to be the project's.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (await IdentifyAsync(ct))
                {
                    if (!_parts.Claim(_ns))
                    {
                        return;
                    }

                    await TurnAsync(ct);
                }

                _delay.Reset();
            }
            catch (RegistryException e)
            {
                if (e.Fault is RegistryFault.Refused)
                {
                    // The same message would be refused again. Everything is composed anew; what is wrong may have changed by then.
                    (_pending, _isFullNeeded) = (null, true);
                }

                await PauseAsync(e.Message, e.RetryAfter, ct);
            }
            catch (IOException e)
            {
                await PauseAsync(e.Message, null, ct);
            }
        }
    }

    /// <summary>
    /// Learns which project the name means, by a life sign of a generation that is none. The default project goes first, so
    /// that its session is the one that others leave it to.
    /// </summary>
    private async Task<bool> IdentifyAsync(CancellationToken ct)
    {
        var learned = _parts.Names.Learned.Next;
        if (_parts.Names.IdOf(_ns) is not null)
        {
            return true;
        }

        if (_ns != RegistrationStore.DefaultProject && _parts.Names.IdOf(RegistrationStore.DefaultProject) is null)
        {
            await learned.WaitAsync(ct);
            return false;
        }

        var body = NodeMessages.Serialize(new NodeSync { Generation = 1, Sequence = 0, TtlSeconds = (int)_parts.Options.Ttl.TotalSeconds });
        var result = await _parts.Client.SyncAsync(_ns, body, ct);
        _knownGeneration = Math.Max(_knownGeneration, result.Generation);
        _parts.Names.Learn(_ns, string.IsNullOrEmpty(result.Project) ? _ns : result.Project);
        return true;
    }

    private async Task TurnAsync(CancellationToken ct)
    {
        var changed = _parts.Store.Changed.Next;
        LookForDrift();
        _pending ??= Compose();
        if (_pending is null)
        {
            await changed.AtMostAsync(UntilNextWord(), _parts.Time, ct);
            return;
        }

        var sent = _pending;
        var result = await _parts.Client.SyncAsync(_ns, sent.Body, ct);
        _knownGeneration = Math.Max(_knownGeneration, result.Generation);
        _pending = null;
        switch (result.Outcome)
        {
            case SyncOutcome.Done:
                _saidAt = sent.ComposedAt;
                _roundTripsSent = sent.RoundTrips;
                Show(new SessionStatus(sent.Generation, sent.Version, result.Index, result.Datacenter, IsReached: true));
                break;
            case SyncOutcome.FullNeeded or SyncOutcome.Stale:
                LogAgain(_parts.Log, _ns, result.Outcome, sent.Generation, result.Generation);
                _isFullNeeded = true;
                break;
            default:
                throw new RegistryException(RegistryFault.Unavailable, $"The registry answered {result.Outcome}, which this agent does not know");
        }
    }

    /// <summary>Others may have written to the catalog what is ours to write. Looked at now and then, not at every change.</summary>
    private void LookForDrift()
    {
        if (_pending is null && !_isFullNeeded && _parts.Time.GetElapsedTime(_driftAt) >= _driftAfter)
        {
            _isFullNeeded = _parts.HasDrifted(_ns, _ledger, Status);
            if (_isFullNeeded)
            {
                LogDrift(_parts.Log, _ns);
            }

            (_driftAt, _driftAfter) = (_parts.Time.GetTimestamp(), DriftEvery * (0.75 + Random.Shared.NextDouble() / 2));
        }
    }

    private Outgoing? Compose()
    {
        var current = _parts.Store.Current;
        var state = _parts.Names.Union(current, _ns);
        var roundTrips = _parts.RoundTrips();
        var now = _parts.Time.GetElapsedTime(_start);
        NodeSync message;
        if (_isFullNeeded)
        {
            _generation = _parts.Generations.Next(_ns, _knownGeneration);
            _sequence = 0;
            var (services, checks) = _ledger.TakeAll(state, now);
            message = new NodeSync
            {
                Generation = _generation, Sequence = 0, Full = true, Node = NodeMessages.Describe(_parts.Options), Services = services, Checks = checks,
            };
            _isFullNeeded = false;
        }
        else if (_ledger.TakeChanges(state, now) is { } changes)
        {
            message = changes with { Generation = _generation, Sequence = ++_sequence };
        }
        else if (UntilLifeSign() <= TimeSpan.Zero)
        {
            message = new NodeSync { Generation = _generation, Sequence = _sequence };
        }
        else
        {
            // What is held back is not owed to those who wait for their change to be told.
            Show(Status with { Version = current.Version });
            return null;
        }

        message = message with
        {
            TtlSeconds = (int)_parts.Options.Ttl.TotalSeconds,
            RoundTrips = ReferenceEquals(roundTrips, _roundTripsSent) ? [] : roundTrips,
        };
        return new Outgoing(NodeMessages.Serialize(message), _generation, current.Version, _parts.Time.GetTimestamp(), roundTrips);
    }

    private TimeSpan UntilLifeSign() => _parts.Options.Ttl / LifeSignsPerTtl - _parts.Time.GetElapsedTime(_saidAt);

    private TimeSpan UntilNextWord()
    {
        var held = _ledger.DueAt - _parts.Time.GetElapsedTime(_start);
        var next = held < UntilLifeSign() ? held.Value : UntilLifeSign();
        return next > TimeSpan.FromMilliseconds(1) ? next : TimeSpan.FromMilliseconds(1);
    }

    private TimeSpan OutputDelay() => _parts.Options.CheckUpdateInterval * (0.5 + Random.Shared.NextDouble());

    private async Task PauseAsync(string reason, TimeSpan? asked, CancellationToken ct)
    {
        var pause = _delay.Next(asked);
        LogFailed(_parts.Log, _ns, reason, pause.TotalSeconds);
        Show(Status with { IsReached = false });
        await Task.Delay(pause, _parts.Time, ct);
    }

    private void Show(SessionStatus status)
    {
        if (status != _status)
        {
            Volatile.Write(ref _status, status);
            _progress.Raise();
        }
    }

    private sealed record Outgoing(byte[] Body, long Generation, long Version, long ComposedAt, IReadOnlyList<RoundTrip> RoundTrips);

    [LoggerMessage(311, LogLevel.Warning, "Registry of {Project}: {Reason}; again in {Seconds:0.0} s")]
    private static partial void LogFailed(ILogger log, string project, string reason, double seconds);

    [LoggerMessage(313, LogLevel.Warning, "Registry of {Project}: has something else of this node than it was told; telling everything anew")]
    private static partial void LogDrift(ILogger log, string project);

    [LoggerMessage(312, LogLevel.Information, "Registry of {Project}: {Outcome} for generation {Generation}, it knows {Known}; telling everything anew")]
    private static partial void LogAgain(ILogger log, string project, SyncOutcome outcome, long generation, long known);
}

/// <summary>How far a session is.</summary>
/// <param name="Version">Of the store: what was so then is known to the registry.</param>
/// <param name="Index">The registry's after that.</param>
/// <param name="IsReached">False: the last attempt failed.</param>
internal sealed record SessionStatus(long Generation, long Version, ulong Index, string Datacenter, bool IsReached)
{
    public static readonly SessionStatus Fresh = new(0, 0, 0, "", IsReached: true);
}

/// <summary>What all sessions share.</summary>
/// <param name="RoundTrips">The latest measurements; the same list until there are new ones.</param>
/// <param name="Claim">Makes the session of that name its project's; false: another is.</param>
/// <param name="HasDrifted">Whether the registry, as far as is known here, has something else of this node in the project than the ledger says.</param>
internal sealed record SessionParts(
    LocalRegistryOptions Options, RegistrationStore Store, RegistryClient Client, GenerationFile Generations, ProjectNames Names,
    Func<string, bool> Claim, Func<IReadOnlyList<RoundTrip>> RoundTrips, Func<string, NodeLedger, SessionStatus, bool> HasDrifted, TimeProvider Time, ILogger Log);
