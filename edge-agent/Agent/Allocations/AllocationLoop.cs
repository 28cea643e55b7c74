using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Saas.EdgeAgent.ControlPlane;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// Decides when to look at which allocation. Keys only, no events: a tick looks at everything that is not settled, so a
/// signal that was lost costs a tick.
///
/// Naive: one pass over all allocations. Then a VM that takes a minute to stop holds up all others. Instead every
/// allocation has its own pass, and none starts while its last one is under way: so drivers see one call at a time for
/// a workload, and the slow wait only for themselves.
/// </summary>
internal sealed partial class AllocationLoop(
    CurrentAssignment assignment, AllocationStore store, DriverSet drivers, AllocationPass pass, ServiceBoard services, TimeProvider time, ILogger log)
{
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ListEvery = TimeSpan.FromSeconds(30);

    /// <summary>For the first list: with it, workloads are adopted though our records were lost.</summary>
    private static readonly TimeSpan FirstListPatience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, AllocationTurn> _turns = new(StringComparer.Ordinal);
    private ILookup<string, (WorkloadId Id, string Driver)> _listed = Array.Empty<(WorkloadId Id, string Driver)>().ToLookup(w => w.Id.AllocationId);

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            var listing = drivers.ListAsync(ct);
            var listedAt = time.GetTimestamp();
            await Task.WhenAny(listing, Task.Delay(FirstListPatience, time, ct));
            while (!ct.IsCancellationRequested)
            {
                // Never waited for: a hypervisor that hangs must not hold up processes.
                if (listing.IsCompleted)
                {
                    _listed = (await listing).ToLookup(workload => workload.Id.AllocationId);
                    if (time.GetElapsedTime(listedAt) >= ListEvery)
                    {
                        listing = drivers.ListAsync(ct);
                        listedAt = time.GetTimestamp();
                    }
                }

                foreach (var id in Unsettled())
                {
                    Begin(id, ct);
                }

                services.Show();
                await assignment.Changed.WaitAsync(Tick, time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The turns under way are cancelled by the same token; wait until none touches its record.
            await Task.WhenAll(_turns.Values.Select(turn => turn.Running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private List<string> Unsettled() => [.. assignment.Ids
        .Concat(store.All.Select(slot => slot.Record.Assigned.Id))
        .Concat(_listed.Select(workloads => workloads.Key))
        .Distinct(StringComparer.Ordinal)
        .Where(id => !IsSettled(id))];

    /// <summary>Ended, still assigned, and no driver holds anything of it: there is nothing to look at.</summary>
    private bool IsSettled(string id) => store.Find(id) is { Record.IsTerminal: true } && assignment.Lookup(id).Wanted is Wanted.Run or Wanted.Stop
        && _turns.TryGetValue(id, out var turn) && turn.EndedClean && !_listed.Contains(id);

    private bool IsTerminal(string id) => store.Find(id) is { Record.IsTerminal: true };

    private void Begin(string id, CancellationToken ct)
    {
        var turn = _turns.GetOrAdd(id, static _ => new AllocationTurn());
        if (turn.Running.IsCompleted && turn.IsDue(time))
        {
            turn.Running = Task.Run(() => RunTurnAsync(id, turn, ct), ct);
        }
    }

    private async Task RunTurnAsync(string id, AllocationTurn turn, CancellationToken ct)
    {
        try
        {
            var wasTerminal = IsTerminal(id);
            await pass.RunAsync(id, _listed, ct);
            turn.Done(IsTerminal(id));
            if (!wasTerminal && IsTerminal(id))
            {
                assignment.Changed.Raise(); // another may wait for its room
            }

            if (store.Find(id) is null && assignment.Lookup(id).Wanted == Wanted.Gone && !_listed.Contains(id))
            {
                _turns.TryRemove(id, out _);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            turn.Done(false);
        }
        catch (Exception e) when (e is DriverException or IOException)
        {
            LogAgain(log, id, e.Message, turn.Failed(time).TotalSeconds);
        }
        catch (Exception e)
        {
            // A fault of ours in one allocation must not stop the work on all others.
            LogBroken(log, e, id, turn.Failed(time).TotalSeconds);
        }
    }

    [LoggerMessage(221, LogLevel.Warning, "{Allocation}: {Reason}; again in {Seconds:0.0} s")]
    private static partial void LogAgain(ILogger log, string allocation, string reason, double seconds);

    [LoggerMessage(222, LogLevel.Error, "{Allocation}: the agent failed on it; again in {Seconds:0.0} s")]
    private static partial void LogBroken(ILogger log, Exception e, string allocation, double seconds);
}

/// <summary>When an allocation's next pass may begin.</summary>
internal sealed class AllocationTurn
{
    private readonly Backoff _backoff = new(Random.Shared.NextDouble);
    private long _failedAt;
    private TimeSpan _pause;

    public Task Running { get; set; } = Task.CompletedTask;

    /// <summary>The last pass found it terminal and left nothing to do.</summary>
    public bool EndedClean { get; private set; }

    public bool IsDue(TimeProvider time) => _pause == TimeSpan.Zero || time.GetElapsedTime(_failedAt) >= _pause;

    public void Done(bool terminal)
    {
        _backoff.Reset();
        _pause = TimeSpan.Zero;
        EndedClean = terminal;
    }

    public TimeSpan Failed(TimeProvider time)
    {
        EndedClean = false;
        _failedAt = time.GetTimestamp();
        return _pause = _backoff.Next();
    }
}
