using Microsoft.Extensions.Logging;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Reports;
using Saas.EdgeAgent.TaskFiles;
using Saas.EdgeAgent.Usage;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// Does what a plan says, and notes each thing in the allocation's record as it is done. May be killed between any two
/// statements: what was not noted is observed again, and drivers repeat calls without harm.
/// </summary>
internal sealed partial class AllocationExecutor(
    DriverSet drivers, WorkloadSpecs specs, ArtifactDownloads downloads, UsageLedger usage, OutputTails tails, TimeProvider time, ILogger log)
{
    /// <param name="slot">Null for an orphan: nothing is noted.</param>
    /// <exception cref="DriverException">Something did not work and is worth trying again.</exception>
    public async Task ExecuteAsync(AllocationSlot? slot, AllocationPlan plan, CancellationToken ct)
    {
        if (slot is not null)
        {
            foreach (var adopted in plan.Adopt)
            {
                NoteStarted(slot, adopted.Workload, "Found running by the agent");
            }

            foreach (var end in plan.Finish.Concat(plan.Restart))
            {
                await NoteEndAsync(slot, end, ct);
            }

            foreach (var withdrawn in plan.Withdraw)
            {
                NoteWithdrawn(slot, withdrawn);
            }
        }

        // Stops wait for their grace: together, or a group of ten would take ten times as long.
        await Task.WhenAll(plan.Stop.Select(stop => StopAsync(slot, stop, ct)));
        foreach (var removal in plan.Remove)
        {
            await RemoveAsync(slot, removal, ct);
        }

        foreach (var start in plan.Start)
        {
            await StartAsync(slot!, start, ct);
        }
    }

    private async Task StartAsync(AllocationSlot slot, PlannedAction start, CancellationToken ct)
    {
        var id = start.Workload.Id;
        var assigned = slot.Record.Assigned;
        LogStart(log, id.AllocationId, id.Task, id.Run, start.Reason);
        try
        {
            var driver = drivers.Find(start.Workload.Driver)
                ?? throw new DriverException(DriverFault.InvalidConfig, $"This node has no driver {start.Workload.Driver}");
            var task = assigned.TaskGroup.Tasks!.First(candidate => candidate.Name == id.Task);
            var spec = specs.Create(assigned, task, id.Run);
            var paths = specs.PathsOf(assigned, spec);
            if (!HasArtifacts(slot, spec, paths))
            {
                return;
            }

            await driver.StartAsync(TemplateFiles.Write(spec, paths), ct);
            var status = await driver.InspectAsync(id, ct);
            if (status.State == WorkloadState.Running)
            {
                NoteStarted(slot, start.Workload with { Status = status }, how: null);
            }
        }
        catch (DriverException e)
        {
            NoteStartFailed(slot, id.Task, e);
        }
    }

    public bool IsDownloading(string allocation, string task) => downloads.StateOf(allocation, task) == DownloadState.UnderWay;

    /// <summary>Its artifacts are of no use any more.</summary>
    public void Abandon(string allocation) => downloads.Abandon(allocation);

    /// <summary>Begins what is missing; false until it is there.</summary>
    private bool HasArtifacts(AllocationSlot slot, WorkloadSpec spec, AllocationPaths paths)
    {
        var (allocation, name) = (spec.Id.AllocationId, spec.Id.Task);
        if (spec.Task.Artifacts is not { Count: > 0 } artifacts || slot.Record.Task(name).HasArtifacts)
        {
            return true;
        }

        if (downloads.StateOf(allocation, name) == DownloadState.None)
        {
            slot.Change(record => record.With(TaskTransitions.Downloading(record.Task(name), time.GetUtcNow())));
            downloads.Begin(allocation, name, artifacts, paths);
            return false;
        }

        if (IsDownloading(allocation, name))
        {
            return false;
        }

        if (downloads.Take(allocation, name) is { } fault)
        {
            NoteStartFailed(slot, name, new DriverException(DriverFault.Transient, fault), TaskEventTypes.ArtifactDownloadFailed);
            return false;
        }

        slot.Remember(record => record.With(record.Task(name) with { HasArtifacts = true }));
        return true;
    }

    private void NoteStartFailed(AllocationSlot slot, string name, DriverException e, string type = TaskEventTypes.DriverFailure)
    {
        var now = time.GetUtcNow();
        LogStartFailed(log, slot.Record.Assigned.Id, name, e.Fault, e.Message);
        slot.Change(record =>
        {
            var task = record.Task(name);
            if (e.Fault != DriverFault.Transient)
            {
                return record.With(TaskTransitions.StartRefused(task, e.Message, "The task cannot run on this node", now));
            }

            var decision = RestartDecision.After(null, record.Assigned.JobType, RestartDecision.PolicyOf(record.Assigned, name), task.Window, now);
            return record.With(decision.Verdict == RestartVerdict.Restart
                ? TaskTransitions.StartFailed(task, e.Message, decision, now, type)
                : TaskTransitions.StartRefused(task, e.Message, decision.Reason, now, type));
        });
    }

    private void NoteStarted(AllocationSlot slot, ObservedWorkload workload, string? how)
    {
        var startedAt = workload.Status.StartedAt ?? time.GetUtcNow();
        usage.Open(slot.Record.Assigned, startedAt);
        slot.Change(record => record.With(TaskTransitions.Started(record.Task(workload.Id.Task), startedAt, how)));
        LogStarted(log, workload.Id.AllocationId, workload.Id.Task, workload.Id.Run, how ?? "started");
    }

    private async Task NoteEndAsync(AllocationSlot slot, PlannedEnd end, CancellationToken ct)
    {
        var (id, status) = (end.Workload.Id, end.Workload.Status);
        var tail = status.State == WorkloadState.Ended ? await tails.ReadAsync(end.Workload, ct) : null;
        var now = time.GetUtcNow();

        // Usage first: were it lost with the agent, the end is found again and closing it again changes nothing.
        var siblingRuns = slot.Record.Tasks.Any(task => task.Name != id.Task && task.Phase == TaskPhase.Running);
        if (!siblingRuns)
        {
            usage.Close(slot.Record.Assigned, status.StartedAt, status.EndedAt);
        }

        slot.Change(record =>
        {
            var task = record.Task(id.Task);
            if (task.Phase == TaskPhase.Pending && status is { State: WorkloadState.Ended, StartedAt: { } startedAt })
            {
                task = TaskTransitions.Started(task, startedAt, how: null); // it was quicker than we looked
            }

            task = tail is null ? task : task with { OutputTail = tail };
            return record.With(end.Decision.Verdict == RestartVerdict.Restart
                ? TaskTransitions.Restarting(task, status, end.Decision, now)
                : TaskTransitions.Finished(task, status, end.Decision, now));
        });
        LogEnded(log, id.AllocationId, id.Task, id.Run, status.ExitCode, end.Decision.Verdict, end.Reason);
    }

    private void NoteWithdrawn(AllocationSlot slot, PlannedAction withdrawn)
    {
        var id = withdrawn.Workload.Id;
        var delay = ShutdownDelay.Of(slot.Record.Assigned, id.Task);
        LogWithdrawn(log, id.AllocationId, id.Task, id.Run, delay.TotalSeconds, withdrawn.Reason);
        slot.Change(record => record.With(TaskTransitions.Withdrawn(record.Task(id.Task), delay, time.GetUtcNow())));
    }

    private async Task StopAsync(AllocationSlot? slot, PlannedAction stop, CancellationToken ct)
    {
        var id = stop.Workload.Id;
        var task = slot?.Record.Assigned.TaskGroup.Tasks?.FirstOrDefault(candidate => candidate.Name == id.Task);
        LogStop(log, id.AllocationId, id.Task, id.Run, stop.Reason);
        if (slot?.Record.Tasks.FirstOrDefault(known => known.Name == id.Task) is { Phase: not TaskPhase.Dead } known && known.Run == id.Run)
        {
            slot.Change(record => TaskTransitions.Killing(record.Task(id.Task), stop.Reason, time.GetUtcNow()) is var killing
                && killing != record.Task(id.Task) ? record.With(killing) : record);
        }

        var driver = drivers.Find(stop.Workload.Driver)!;
        try
        {
            await driver.StopAsync(id, WorkloadSpecs.KillSignal(task), WorkloadSpecs.KillTimeout(task), ct);
        }
        catch (DriverException e) when (e.Fault == DriverFault.InvalidConfig)
        {
            // A signal this driver does not have must not keep what has to end alive.
            await driver.StopAsync(id, "SIGTERM", WorkloadSpecs.KillTimeout(task), ct);
        }
    }

    private async Task RemoveAsync(AllocationSlot? slot, PlannedAction removal, CancellationToken ct)
    {
        var id = removal.Workload.Id;
        await drivers.Find(removal.Workload.Driver)!.RemoveAsync(id, ct);
        LogRemoved(log, id.AllocationId, id.Task, id.Run, removal.Reason);
        slot?.Change(record => record.Tasks.FirstOrDefault(task => task.Name == id.Task && task.StaleRuns.Contains(id.Run)) is { } task
            ? record.With(task with { StaleRuns = [.. task.StaleRuns.Where(run => run != id.Run)] })
            : record);
    }

    [LoggerMessage(211, LogLevel.Information, "{Allocation} {Task}/{Run}: starting: {Reason}")]
    private static partial void LogStart(ILogger log, string allocation, string task, int run, string reason);

    [LoggerMessage(212, LogLevel.Information, "{Allocation} {Task}/{Run}: runs: {How}")]
    private static partial void LogStarted(ILogger log, string allocation, string task, int run, string how);

    [LoggerMessage(213, LogLevel.Warning, "{Allocation} {Task}: cannot start: {Fault}: {Reason}")]
    private static partial void LogStartFailed(ILogger log, string allocation, string task, DriverFault fault, string reason);

    [LoggerMessage(214, LogLevel.Information, "{Allocation} {Task}/{Run}: ended with {ExitCode}: {Verdict}: {Reason}")]
    private static partial void LogEnded(ILogger log, string allocation, string task, int run, int? exitCode, RestartVerdict verdict, string reason);

    [LoggerMessage(215, LogLevel.Information, "{Allocation} {Task}/{Run}: stopping: {Reason}")]
    private static partial void LogStop(ILogger log, string allocation, string task, int run, string reason);

    [LoggerMessage(217, LogLevel.Information, "{Allocation} {Task}/{Run}: stops in {Seconds} s: {Reason}")]
    private static partial void LogWithdrawn(ILogger log, string allocation, string task, int run, double seconds, string reason);

    [LoggerMessage(216, LogLevel.Information, "{Allocation} {Task}/{Run}: removed: {Reason}")]
    private static partial void LogRemoved(ILogger log, string allocation, string task, int run, string reason);
}
