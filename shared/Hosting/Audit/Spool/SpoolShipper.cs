using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Saas.Contracts;
using Saas.Storage;

namespace Saas.Hosting.Audit.Spool;

/// <summary>
/// Brings one spool's records to the tenants' logs, in order for each tenant, each exactly once.
/// <para>
/// Naive is to take the records as they come: one tenant whose partition does not answer then holds up all others. Here
/// they are dealt out to a lane per tenant, and lanes are written at once and independently. Memory is bounded by the
/// lanes' room and by <see cref="MaxHeldBytes"/> over all. When a lane is full, reading waits for it as long as it is
/// written well. If that fails or is slow, its records are skipped, and when there is room again, reading goes back to
/// them: the other lanes know how far they took and pass over what they had. The cost is reading the spool's files
/// twice after a failure.
/// </para>
/// One loop owns all state; writes under way hand their outcome to it.
/// </summary>
/// <param name="wake">Set by whoever has appended.</param>
/// <param name="close">Ends appending if the spool still ends at that offset; false: it does not.</param>
internal sealed partial class SpoolShipper(
    SpoolFolder folder,
    WakeSignal wake,
    Func<long, bool> close,
    AuditLog log,
    TenantScopes tenants,
    TimeProvider time,
    AuditSpoolOptions options,
    ILogger logger)
{
    private const int MaxHeldBytes = 64 * 1024 * 1024;
    private const int MaxWrites = 32;

    /// <summary>Of one step, so that outcomes of writes do not wait for a gigabyte to be passed over.</summary>
    private const int MaxReadBytes = 32 * 1024 * 1024;

    /// <summary>With that much to read there is nothing to wait for.</summary>
    private const int WorthABundle = 256 * 1024;

    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    private readonly SpoolCursor _cursor = new(folder.At);
    private readonly Dictionary<string, SpoolLane> _lanes = [];
    private readonly HashSet<SpoolLane> _active = [];
    private readonly ConcurrentQueue<Action> _outcomes = [];
    private readonly HashSet<SpoolSegment> _retiring = [];
    private int _writes;
    private long _turn;
    private CancellationToken _stopping;
    private volatile SpoolState _state = SpoolState.Idle;

    public SpoolState State => _state;

    private bool IsStopping => _stopping.IsCancellationRequested;

    private bool IsEmpty => _active.Count == 0 && _cursor.Offset >= folder.End;

    /// <summary>
    /// Until all of a dead process's spool is shipped, or <paramref name="stopping"/>: then, of our own too, what can be
    /// shipped without waiting for anything that fails.
    /// </summary>
    /// <returns>Whether nothing is left.</returns>
    public async Task<bool> RunAsync(CancellationToken stopping, CancellationToken abandon)
    {
        _stopping = stopping;
        await using var awake = stopping.UnsafeRegister(static signal => ((WakeSignal)signal!).Set(), wake);
        StartRetiringMarked();
        while (!abandon.IsCancellationRequested)
        {
            Step();
            if (IsEmpty && folder.Segments.Count == 0 && (!folder.IsNew || (IsStopping && close(_cursor.Offset))))
            {
                return true;
            }

            if (IsStopping && _writes == 0 && _retiring.Count == 0 && !IsEmpty && _active.All(lane => lane.FailingSince is not null))
            {
                return false;
            }

            await wake.WaitAsync(abandon);
            if (!IsStopping && folder.End - _cursor.Offset < WorthABundle)
            {
                await Task.Delay(options.Linger, TimeProvider.System, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return false;
    }

    private void Step()
    {
        while (_outcomes.TryDequeue(out var outcome))
        {
            outcome();
        }

        try
        {
            Read();
            StartWrites();
            StartRetiring();
        }
        catch (Exception e)
        {
            // Whatever it is, the records are on the disk, and nobody else would ship them.
            Log.NotRead(logger, folder.Id, e);
            WakeIn(PauseAfterFault);
        }

        _state = SpoolState.Of(_active);
    }

    private void Read()
    {
        foreach (var lane in _active.Where(lane => lane.WantsSkipped))
        {
            _cursor.MoveTo(Math.Min(_cursor.Offset, lane.SkippedFrom!.Value));
            lane.TakeSkipped();
        }

        var held = _active.Sum(lane => (long)lane.Bytes);
        var broken = _cursor.Broken;
        var stopAt = _cursor.Offset + MaxReadBytes;
        while (held < MaxHeldBytes && _cursor.Offset < stopAt && _cursor.TryRead(out var line))
        {
            if (LaneOf(line) is not { } lane)
            {
                continue;
            }

            var took = lane.Take(line);
            if (took == LaneTook.IsFull)
            {
                _cursor.PutBack(line);
                WakeIn(SpoolLane.SlowAfter);
                break;
            }

            held += took == LaneTook.Line ? line.Json.Length : 0;
            _active.Add(lane);
        }

        if (_cursor.Offset >= stopAt)
        {
            wake.Set();
        }

        if (_cursor.Broken > broken)
        {
            Log.Broken(logger, _cursor.Broken - broken, folder.Id);
        }
    }

    private SpoolLane? LaneOf(in SpoolLine line)
    {
        Span<char> name = stackalloc char[line.Tenant.Length];
        Encoding.ASCII.GetChars(line.Tenant, name);
        if (_lanes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var lane))
        {
            return lane;
        }

        if (!TenantId.TryParse(name.ToString(), out var tenant))
        {
            Log.Broken(logger, 1, folder.Id);
            return null;
        }

        lane = new SpoolLane(tenants.For(tenant), new SpoolProgress(folder.Id, folder.IsNew));
        _lanes.Add(tenant.Value, lane);
        return lane;
    }

    private void StartWrites()
    {
        foreach (var lane in _active.Where(lane => lane.IsDone).ToList())
        {
            _active.Remove(lane);
        }

        // Whoever waits longest first: a few tenants that fail slowly must not take every turn.
        foreach (var lane in _active.Where(IsDue).OrderBy(lane => lane.Turn).ToList())
        {
            if (_writes < MaxWrites && lane.Begin(++_turn))
            {
                _writes++;
                _ = ShipAsync(lane);
            }
        }
    }

    private bool IsDue(SpoolLane lane) => !lane.IsBusy && (IsStopping ? lane.FailingSince is null : !lane.IsPausing);

    private async Task ShipAsync(SpoolLane lane)
    {
        Action outcome;
        try
        {
            outcome = await Task.Run(() => WriteAsync(lane));
        }
        catch (Exception e)
        {
            outcome = () => Failed(lane, e);
        }

        Report(() =>
        {
            _writes--;
            outcome();
        });
    }

    private async Task<Action> WriteAsync(SpoolLane lane)
    {
        var chain = log.Chain(lane.Tenant);
        var bundle = lane.Bundle;
        options.At?.Invoke(SpoolStep.BeforeShip);
        var offset = await lane.Progress.ReadAsync(AuditLog.Open(lane.Tenant));
        if (offset > bundle.Begin && offset < bundle.End)
        {
            return () => _cursor.MoveTo(Math.Min(_cursor.Offset, lane.Restart()));
        }

        await chain.ShipAsync(bundle.Memory, lane.Progress, bundle.End);
        options.At?.Invoke(SpoolStep.Shipped);
        return () =>
        {
            SpoolTelemetry.Shipped(bundle.Count);
            lane.Shipped();
        };
    }

    private void Failed(SpoolLane lane, Exception e)
    {
        if (lane.FailingSince is null)
        {
            Log.NotShipped(logger, lane.Bundle.Count, e);
        }

        SpoolTelemetry.Failed();
        _ = ResumeAsync(lane, lane.Failed(time.GetUtcNow()));
    }

    /// <summary>In real time: it only makes the loop look.</summary>
    private void WakeIn(TimeSpan pause) => _ = Task.Delay(pause, TimeProvider.System, _stopping)
        .ContinueWith(static (_, signal) => ((WakeSignal)signal!).Set(), wake, TaskScheduler.Default);

    private async Task ResumeAsync(SpoolLane lane, TimeSpan pause)
    {
        await Task.Delay(pause, time, _stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Report(lane.Resume);
    }

    private void Report(Action outcome)
    {
        _outcomes.Enqueue(outcome);
        wake.Set();
    }

    private static partial class Log
    {
        [LoggerMessage(62, LogLevel.Warning, "{Count} audit records could not be shipped to their log; they stay in the spool and are tried again.")]
        public static partial void NotShipped(ILogger logger, int count, Exception exception);

        [LoggerMessage(63, LogLevel.Error, "The audit spool {Spool} cannot be read; it is tried again.")]
        public static partial void NotRead(ILogger logger, string spool, Exception exception);

        [LoggerMessage(64, LogLevel.Critical, "{Count} lines of the audit spool {Spool} are no records: the disk lost them.")]
        public static partial void Broken(ILogger logger, long count, string spool);

        [LoggerMessage(65, LogLevel.Warning, "A shipped segment of the audit spool could not be cleared up; it is tried again.")]
        public static partial void NotRetired(ILogger logger, Exception exception);
    }
}
