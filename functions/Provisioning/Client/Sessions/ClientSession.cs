using Saas.Cluster;
using Saas.Cluster.Sessions;
using Saas.Contracts.Agents;
using Saas.Hosting.Problems;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Client.Sessions;

/// <summary>
/// A client's side of a session: reads what the agent sends, writes what the client does. One reader and one writer at a
/// time. What it holds of frames is one batch: the agent waits when they are not taken, so a client that does not read costs
/// its own session's window in the store and no more.
/// </summary>
internal sealed class ClientSession : IAsyncDisposable
{
    private readonly TenantScope _tenant;
    private readonly TablePartition _frames;
    private readonly SessionSignals _signals;
    private readonly SessionSignals.Listener _out;
    private readonly SessionSignals.Listener _in;
    private readonly TimeProvider _time;
    private readonly Queue<SessionFrame> _read = [];
    private readonly SemaphoreSlim _renewing = new(1, 1);

    private SessionRecord _record;
    private string _etag;
    private long _renewedAt;
    private long _taken;
    private long _written;
    private long _room = SessionProtocol.WindowFrames;

    private long _beat;
    private bool _isTakenUp;
    private long _heardAt;
    private long _checkedAt;
    private bool _closed;

    public ClientSession(TenantScope tenant, SessionRecord record, string etag, SessionSignals signals, TimeProvider time)
    {
        (_tenant, _record, _etag, _signals, _time) = (tenant, record, etag, signals, time);
        _frames = tenant.FramesOf(record.Id);
        (_out, _in) = (signals.Join(SessionSignals.Frames(record.Id, fromAgent: true)), signals.Join(SessionSignals.Frames(record.Id, fromAgent: false)));
        _renewedAt = _heardAt = _checkedAt = time.GetTimestamp();
    }

    public string Id => _record.Id;

    /// <summary>The agent's next frame.</summary>
    /// <exception cref="ProblemException">404: the agent does not answer, or the session was swept.</exception>
    public async Task<SessionFrame> NextAsync(CancellationToken ct)
    {
        while (true)
        {
            if (await NextAsync(SessionLimits.Silence, ct) is { } frame)
            {
                return frame;
            }
        }
    }

    /// <returns>Null: none came in this time.</returns>
    /// <exception cref="ProblemException">404: the agent does not answer, or the session was swept.</exception>
    public async Task<SessionFrame?> NextAsync(TimeSpan atMost, CancellationToken ct)
    {
        var began = _time.GetTimestamp();
        while (_read.Count == 0)
        {
            var found = await _frames.FramesAsync(fromAgent: true, _taken, SessionProtocol.MaxFrames / 2, ct);
            if (found.Count > 0)
            {
                await TakeAsync(found, ct);
                break;
            }

            await CheckAsync(ct);
            var left = atMost - _time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            var look = _time.GetElapsedTime(_heardAt) < SessionLimits.IdleAfter ? SessionLimits.LookActive : SessionLimits.LookIdle;
            await _out.WaitAsync(left < look ? left : look, ct);
        }

        await RenewAsync(ct);
        return _read.Dequeue();
    }

    /// <summary>Sends to the agent; waits while it does not take what was sent before.</summary>
    /// <exception cref="ProblemException">404: the session was swept.</exception>
    public async Task WriteAsync(SessionFrame frame, CancellationToken ct)
    {
        while (_written >= _room)
        {
            _room = await _frames.TakenAsync(fromAgent: false, ct) + SessionProtocol.WindowFrames;
            if (_written >= _room)
            {
                await RenewAsync(ct);
                await _in.WaitAsync(SessionLimits.LookActive, ct);
            }
        }

        await _frames.WriteAsync(SessionRows.Insert(fromAgent: false, ++_written, frame), ct);
        _signals.Raise(SessionSignals.Frames(Id, fromAgent: false));
    }

    /// <summary>Keeps the session while the client is slow to take what it was sent.</summary>
    public async Task HoldAsync(Task work, CancellationToken ct)
    {
        while (!work.IsCompleted)
        {
            await work.WaitAsync(SessionLimits.RenewEvery, _time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
            await RenewAsync(ct);
        }

        await work;
    }

    public async ValueTask DisposeAsync()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _out.Dispose();
        _in.Dispose();
        _renewing.Dispose();
        try
        {
            // Whatever ended it, the client's leaving too: the agent is to be told at once.
            await SessionRows.CloseAsync(_tenant, _record.NodeId, Id, CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            return; // its lease runs out, and it is swept
        }
        finally
        {
            _signals.Raise(SessionSignals.Node(_record.NodeId));
            _signals.Raise(SessionSignals.Frames(Id, fromAgent: true));
            _signals.Raise(SessionSignals.Frames(Id, fromAgent: false));
        }
    }

    private async Task TakeAsync(IReadOnlyList<SessionFrame> found, CancellationToken ct)
    {
        // Behind the end nobody waits for room, and closing drops what is there.
        if (found[^1].End is null && !await _frames.TakeAsync(fromAgent: true, _taken + 1, found.Count, ct))
        {
            throw SessionProblems.NoPath();
        }

        _taken += found.Count;
        (_heardAt, _isTakenUp) = (_time.GetTimestamp(), true);
        _signals.Raise(SessionSignals.Frames(Id, fromAgent: true));
        foreach (var frame in found)
        {
            _read.Enqueue(frame);
        }
    }

    /// <summary>Whether the agent is still there; not at every look, since it says so only now and then.</summary>
    private async Task CheckAsync(CancellationToken ct)
    {
        await RenewAsync(ct);
        if (_time.GetElapsedTime(_checkedAt) < SessionLimits.LookIdle * 2)
        {
            return;
        }

        _checkedAt = _time.GetTimestamp();
        var progress = (await _frames.ProgressAsync(ct))?.Value ?? throw SessionProblems.NoPath();
        if (progress.Beat != _beat)
        {
            (_beat, _heardAt, _isTakenUp) = (progress.Beat, _time.GetTimestamp(), true);
        }

        if (_time.GetElapsedTime(_heardAt) >= (_isTakenUp ? SessionLimits.Silence : SessionLimits.TakeUp))
        {
            throw SessionProblems.NoPath();
        }
    }

    private async Task RenewAsync(CancellationToken ct)
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _renewedAt)) < SessionLimits.RenewEvery)
        {
            return;
        }

        await _renewing.WaitAsync(ct);
        try
        {
            if (_time.GetElapsedTime(_renewedAt) < SessionLimits.RenewEvery)
            {
                return;
            }

            var renewed = _record with { LeaseUntil = _time.GetUtcNow() + SessionLimits.Lease };
            var written = await _tenant.SessionsOf().WriteAsync(
                TableWrite.Replace(SessionRows.Row(_record.NodeId, Id), TablePartition.Bytes(renewed, ClusterJson.Default.SessionRecord), _etag), ct);
            if (!written.IsDone)
            {
                throw SessionProblems.NoPath(); // swept: this instance stood still for too long
            }

            (_record, _etag) = (renewed, written.ETag!);
            Volatile.Write(ref _renewedAt, _time.GetTimestamp());
        }
        finally
        {
            _renewing.Release();
        }
    }
}
