using Saas.EdgeAgent.ControlPlane;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Reports;
using Saas.EdgeAgent.Usage;

namespace Saas.EdgeAgent.Allocations;

/// <summary>One look at one allocation: observe, plan, act, and again while that changed something.</summary>
internal sealed class AllocationPass(
    CurrentAssignment assignment, AllocationStore store, DriverSet drivers, AllocationExecutor executor, OutputTails tails,
    UsageLedger usage, ServiceBoard services, HealthWatch health, PlatformContact contact, TimeProvider time)
{
    /// <summary>More would be a plan that never settles; the next tick goes on.</summary>
    private const int MaxRounds = 8;

    /// <summary>File times, by which some drivers know when a workload ended, lag the clock by up to a tick of the kernel (10 ms).</summary>
    private static readonly TimeSpan FileTimeLag = TimeSpan.FromMilliseconds(20);

    private readonly Predecessors _predecessors = new(assignment, store);

    /// <param name="listed">Workloads that drivers listed, by allocation; of this one, some its record may not expect.</param>
    /// <exception cref="DriverException">Try again later.</exception>
    public async Task RunAsync(string id, ILookup<string, (WorkloadId Id, string Driver)> listed, CancellationToken ct)
    {
        var strays = listed[id].ToList();
        for (var round = 0; round < MaxRounds; round++)
        {
            var (wanted, assigned) = assignment.Lookup(id);
            var found = await Task.WhenAll(strays.Select(stray => drivers.InspectAsync(stray.Id, stray.Driver, ct)));
            var slot = assigned is null ? store.Find(id) : store.GetOrCreate(assigned, found);
            if (assigned is not null)
            {
                slot!.Assign(assigned);
                NoteCutOff(slot, wanted);
            }

            if (slot is null)
            {
                services.Forget(id);
            }

            if (wanted != Wanted.Run || slot?.Record is not { IsTerminal: false, CutOff: null })
            {
                executor.Abandon(id);
            }

            var observedAt = time.GetUtcNow() - FileTimeLag;
            var observed = await ObserveAsync(slot, found, ct) with
            {
                WaitsFor = _predecessors.FirstOf(assigned, listed.Contains),
                IsDownloading = task => executor.IsDownloading(id, task),
            };
            var plan = AllocationReconciler.Plan(wanted, observed, time.GetUtcNow());
            if (slot is not null)
            {
                await ShowServicesAsync(slot.Record, observed, plan, ct);
            }

            if (!plan.HasActions)
            {
                await SettleAsync(id, wanted, slot, observed, observedAt, ct);
                return;
            }

            await executor.ExecuteAsync(slot, plan, ct);
        }
    }

    /// <summary>What is about to be stopped leaves discovery first, as with Nomad; what lingers left it before.</summary>
    private async Task ShowServicesAsync(AllocationRecord record, ObservedAllocation observed, AllocationPlan plan, CancellationToken ct)
    {
        var leaving = plan.Stop.Concat(plan.Withdraw).Select(stop => stop.Workload).ToList();
        var running = observed.Workloads
            .Where(workload => workload.Status.State == WorkloadState.Running && record.IsPresent(workload))
            .Where(workload => !leaving.Contains(workload) && plan.Linger.All(lingering => lingering.Workload != workload))
            .Select(workload => workload.Id.Task).ToHashSet(StringComparer.Ordinal);
        services.Put(record, running);
        var ending = leaving.Where(workload => !record.IsPresent(workload) || record.Task(workload.Id.Task).StopNotBefore is null)
            .Select(workload => workload.Id.Task).ToHashSet(StringComparer.Ordinal);
        if (ending.Count > 0)
        {
            await services.WithdrawnAsync(record, running, ending, ct);
        }
    }

    /// <summary>Before anything is done about it, so that it goes on ending when the control plane comes back meanwhile.</summary>
    private void NoteCutOff(AllocationSlot slot, Wanted wanted)
    {
        if (wanted == Wanted.Run && slot.Record is { IsTerminal: false, CutOff: null } record
            && StopOnClientAfter.ReasonOf(record.Assigned, contact.Unheard) is { } reason)
        {
            slot.Remember(known => known with { CutOff = reason });
        }
    }

    private async Task<ObservedAllocation> ObserveAsync(AllocationSlot? slot, ObservedWorkload[] found, CancellationToken ct)
    {
        if (slot is null)
        {
            return new ObservedAllocation(null, found);
        }

        var expected = slot.Record.Tasks
            .SelectMany(task => task.StaleRuns.Append(task.Run).Select(run => (Id: new WorkloadId(slot.Record.Assigned.Id, task.Name, run), task.Driver)))
            .ToList();
        var inspected = await Task.WhenAll(expected.Select(workload => drivers.InspectAsync(workload.Id, workload.Driver, ct)));
        foreach (var stale in inspected.Where(w => w.Status.State == WorkloadState.Absent && slot.Record.Task(w.Id.Task).Run != w.Id.Run))
        {
            slot.Change(record => record.With(record.Task(stale.Id.Task) with
            {
                StaleRuns = [.. record.Task(stale.Id.Task).StaleRuns.Where(run => run != stale.Id.Run)],
            }));
        }

        var strays = found.Where(stray => !expected.Contains((stray.Id, stray.Driver)));
        return new ObservedAllocation(slot.Record, [.. inspected, .. strays]);
    }

    private async Task SettleAsync(string id, Wanted wanted, AllocationSlot? slot, ObservedAllocation observed, DateTimeOffset at, CancellationToken ct)
    {
        if (slot is null)
        {
            return;
        }

        if (wanted == Wanted.Run && observed.WaitsFor is null && slot.Record.CutOff is null)
        {
            health.Look(slot);
        }

        if (observed.Workloads.Any(workload => workload.Status.State == WorkloadState.Running))
        {
            // Noted at the start already; but an agent killed right then has the record on disk and not the meter.
            if (slot.Record.Tasks.Where(task => task.Phase == TaskPhase.Running).Min(task => task.StartedAt) is { } startedAt)
            {
                usage.Open(slot.Record.Assigned, startedAt);
            }

            usage.Saw(id, at);
            await tails.RefreshAsync(slot, observed.Workloads, ct);
        }

        // Remembered until it left the assignment, so that it never starts twice; and until its end was told.
        if (wanted == Wanted.Gone && slot.Record.IsTerminal && slot.Reported >= slot.Record.Revision)
        {
            store.Forget(id);
            services.Forget(id);
            usage.Forget(id);
            tails.Forget(id);
            health.Forget(id);
        }
    }
}
