using Microsoft.Extensions.Logging;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.State;

namespace Saas.EdgeAgent.Usage;

/// <summary>
/// Meters what allocations reserve while they run. Every instant of running is in exactly one sample: a sample and the mark
/// up to which it reaches are written together, and the control plane counts a repeated sample once. Nothing is lost
/// when the agent is killed, because the mark stays and the next cut reaches from it; a VM that ran on meanwhile is
/// metered for the gap then.
/// </summary>
internal sealed partial class UsageLedger
{
    /// <summary>About 60 MB on disk, weeks of outage. Then no more is cut; the marks stay and time is metered when there is room.</summary>
    private const int MaxOutbox = 200_000;

    /// <summary>A wall clock that ran this much ahead of the monotonic one was set, and what it skipped was not used.</summary>
    private static readonly TimeSpan TolerableDrift = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly StateFile<UsageState> _file;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    // All guarded by _gate.
    private readonly Dictionary<string, Meter> _meters;
    private readonly Dictionary<string, (DateTimeOffset Wall, long Monotonic)> _seen = new(StringComparer.Ordinal);
    private readonly List<UsageSample> _outbox;

    public UsageLedger(StateFile<UsageState> file, TimeProvider time, ILogger log)
    {
        _file = file;
        _time = time;
        _log = log;
        var state = file.Read() ?? new UsageState();
        _meters = new Dictionary<string, Meter>(state.Meters, StringComparer.Ordinal);
        _outbox = [.. state.Outbox];
    }

    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _outbox.Count;
            }
        }
    }

    /// <summary>It runs since <paramref name="startedAt"/>. Repeating it changes nothing; neither does a start before what was metered.</summary>
    public void Open(AssignedAllocation allocation, DateTimeOffset startedAt)
    {
        lock (_gate)
        {
            OpenLocked(allocation, UsageWindows.Truncate(startedAt));
        }
    }

    /// <summary>
    /// It was seen running at that moment. Samples reach no further: it may have ended since, and who was not looked at since
    /// the agent started may have ended long ago.
    /// </summary>
    public void Saw(string allocationId, DateTimeOffset at)
    {
        lock (_gate)
        {
            SeeLocked(allocationId, UsageWindows.Truncate(at), _time.GetTimestamp());
        }
    }

    /// <summary>It runs no more. Durable on return: the caller may forget that it ran.</summary>
    /// <param name="startedAt">For a run whose start was not noted; null if it never started.</param>
    /// <param name="endedAt">Null if the end was not seen: metered up to the last time it was seen running.</param>
    public void Close(AssignedAllocation allocation, DateTimeOffset? startedAt, DateTimeOffset? endedAt)
    {
        lock (_gate)
        {
            if (startedAt is { } start)
            {
                OpenLocked(allocation, UsageWindows.Truncate(start));
            }

            if (_meters.GetValueOrDefault(allocation.Id) is not { IsOpen: true } meter)
            {
                return;
            }

            var now = UsageWindows.Truncate(_time.GetUtcNow());
            var lastSeen = _seen.TryGetValue(allocation.Id, out var seen) ? seen.Wall : meter.To;
            var end = endedAt is { } known ? UsageWindows.Truncate(known) : lastSeen;
            AddLocked(allocation.Id, meter, end < now ? end : now);
            _meters[allocation.Id] = _meters[allocation.Id] with { IsOpen = false };
            SaveLocked();
        }
    }

    /// <summary>Samples of everything that runs, up to when it was last seen.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            if (_outbox.Count >= MaxOutbox)
            {
                LogFull(_log, _outbox.Count);
                return;
            }

            var cut = false;
            foreach (var (id, meter) in _meters.Where(pair => pair.Value.IsOpen).ToList())
            {
                cut |= _seen.TryGetValue(id, out var seen) && AddLocked(id, meter, seen.Wall);
            }

            if (cut)
            {
                SaveLocked();
            }
        }
    }

    /// <summary>The oldest samples that wait to be sent.</summary>
    public IReadOnlyList<UsageSample> Peek(int max)
    {
        lock (_gate)
        {
            return [.. _outbox.Take(max)];
        }
    }

    /// <summary>The control plane has the oldest <paramref name="count"/>, as peeked.</summary>
    public void Acknowledge(int count)
    {
        lock (_gate)
        {
            _outbox.RemoveRange(0, count);
            SaveLocked();
        }
    }

    public void Forget(string allocationId)
    {
        lock (_gate)
        {
            _seen.Remove(allocationId);
            if (_meters.Remove(allocationId))
            {
                SaveLocked();
            }
        }
    }

    private void OpenLocked(AssignedAllocation allocation, DateTimeOffset startedAt)
    {
        var tasks = allocation.TaskGroup.Tasks!;
        var known = _meters.GetValueOrDefault(allocation.Id);
        if (known is { IsOpen: true })
        {
            return;
        }

        _meters[allocation.Id] = new Meter
        {
            ProjectId = allocation.ProjectId,
            VcpuMilli = tasks.Sum(WorkloadSpecs.VcpuMilli),
            MemoryMib = tasks.Sum(WorkloadSpecs.MemoryMB),
            To = known is not null && known.To > startedAt ? known.To : startedAt,
            IsOpen = true,
        };
        _seen.Remove(allocation.Id);
    }

    private bool AddLocked(string id, Meter meter, DateTimeOffset to)
    {
        var before = _outbox.Count;
        _outbox.AddRange(UsageWindows.Cut(id, meter, to));
        _meters[id] = meter with { To = to > meter.To ? to : meter.To };
        return _outbox.Count > before;
    }

    /// <summary>
    /// Notes that it runs now. When the wall clock was set ahead since the last time, the mark moves so that what is left to meter is
    /// what was left before, and the time that truly passed.
    /// </summary>
    private void SeeLocked(string id, DateTimeOffset now, long monotonic)
    {
        if (_seen.TryGetValue(id, out var seen) && _meters.GetValueOrDefault(id) is { IsOpen: true } meter)
        {
            var passed = _time.GetElapsedTime(seen.Monotonic, monotonic);
            if (now - seen.Wall - passed is var jump && jump > TolerableDrift)
            {
                var left = seen.Wall > meter.To ? seen.Wall - meter.To : TimeSpan.Zero;
                var to = UsageWindows.Truncate(now - passed - left);
                _meters[id] = meter with { To = to > meter.To ? to : meter.To };
                LogClockJump(_log, id, jump.TotalSeconds);
                SaveLocked();
            }
        }

        _seen[id] = (now, monotonic);
    }

    private void SaveLocked() => _file.Write(new UsageState { Meters = _meters, Outbox = _outbox });

    [LoggerMessage(301, LogLevel.Error, "{Count} usage samples wait to be sent; no more are made until some were")]
    private static partial void LogFull(ILogger log, int count);

    [LoggerMessage(302, LogLevel.Warning, "{Allocation}: the clock was set {Seconds:0} s ahead; that is not metered")]
    private static partial void LogClockJump(ILogger log, string allocation, double seconds);
}
