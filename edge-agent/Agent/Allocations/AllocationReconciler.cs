using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// Compares what an allocation should be with what there is of it. Pure: no I/O, no clock. Rules in order, first match wins; README.md
/// has them as a table.
/// </summary>
internal static class AllocationReconciler
{
    public static AllocationPlan Plan(Wanted wanted, ObservedAllocation observed, DateTimeOffset now)
    {
        var plan = new AllocationPlan();
        foreach (var workload in observed.Workloads)
        {
            var task = observed.Record?.Tasks.FirstOrDefault(candidate => candidate.Name == workload.Id.Task);
            if (wanted == Wanted.Unknown)
            {
                plan.Ignore.Add(new PlannedAction(workload, "No assignment was seen yet"));
            }
            else if (task is null || task.Run != workload.Id.Run || task.Driver != workload.Driver)
            {
                PlanStray(plan, workload, "No present run of a known task");
            }
            else if (task.Phase == TaskPhase.Dead)
            {
                PlanStray(plan, workload, "The task is finished");
            }
            else if (WhyStop(wanted, observed.Record!) is { } reason)
            {
                PlanStop(plan, workload, task, observed.Record!, reason, now);
            }
            else if (task.RestartOfRun == task.Run && workload.Status.State is WorkloadState.Running or WorkloadState.Ended)
            {
                PlanAskedRestart(plan, workload, task, observed.Record!, now);
            }
            else
            {
                PlanRun(plan, workload, task, observed, now);
            }
        }

        return plan;
    }

    private static string? WhyStop(Wanted wanted, AllocationRecord record) => wanted switch
    {
        Wanted.Stop when record.Assigned.DesiredDescription.Length > 0 => record.Assigned.DesiredDescription,
        Wanted.Stop when record.Assigned.DesiredStatus == DesiredStatus.Evict => "Evicted for a job of higher priority",
        Wanted.Stop => "Stopped by the scheduler",
        Wanted.Gone => "Not assigned to this node any more",
        _ when record.CutOff is { } cutOff => cutOff,
        _ => record.Tasks.FirstOrDefault(task => task.Failed) is { } failed ? $"Sibling task {failed.Name} failed" : null,
    };

    /// <summary>Nothing of it is needed, and nothing of it is to be noted.</summary>
    private static void PlanStray(AllocationPlan plan, ObservedWorkload workload, string reason)
    {
        var bucket = workload.Status.State switch
        {
            WorkloadState.Running => plan.Stop,
            WorkloadState.Starting or WorkloadState.Ended => plan.Remove,
            _ => plan.Ignore,
        };
        bucket.Add(new PlannedAction(workload, reason));
    }

    private static void PlanStop(
        AllocationPlan plan, ObservedWorkload workload, TaskRecord task, AllocationRecord record, string reason, DateTimeOffset now)
    {
        switch (workload.Status.State)
        {
            case WorkloadState.Running when ShutdownDelay.Of(record.Assigned, task.Name) is var delay && ShutdownDelay.IsToBegin(task, delay, now):
                plan.Withdraw.Add(new PlannedAction(workload, reason));
                break;
            case WorkloadState.Running when task.StopNotBefore > now:
                plan.Linger.Add(new PlannedAction(workload, reason));
                break;
            case WorkloadState.Running:
                plan.Stop.Add(new PlannedAction(workload, reason));
                break;
            case WorkloadState.Starting:
                plan.Remove.Add(new PlannedAction(workload, reason));
                break;
            default:
                // However it ended: it was to be stopped, so that is no failure.
                plan.Finish.Add(new PlannedEnd(workload, new RestartDecision(RestartVerdict.Complete, now, task.Window, reason)));
                break;
        }
    }

    /// <summary>A user wants another run: this one is stopped as any is, and the next follows at once.</summary>
    private static void PlanAskedRestart(
        AllocationPlan plan, ObservedWorkload workload, TaskRecord task, AllocationRecord record, DateTimeOffset now)
    {
        const string reason = "A user asked for a restart";
        if (workload.Status.State == WorkloadState.Running)
        {
            PlanStop(plan, workload, task, record, reason, now);
        }
        else
        {
            plan.Restart.Add(new PlannedEnd(workload, new RestartDecision(RestartVerdict.Restart, now, task.Window, reason)));
        }
    }

    private static void PlanRun(AllocationPlan plan, ObservedWorkload workload, TaskRecord task, ObservedAllocation observed, DateTimeOffset now)
    {
        switch (workload.Status.State)
        {
            case WorkloadState.Running when task is { Phase: TaskPhase.Running, StopNotBefore: null }:
                plan.Ignore.Add(new PlannedAction(workload, "Runs as assigned"));
                break;
            case WorkloadState.Running:
                plan.Adopt.Add(new PlannedAction(workload, "Runs already"));
                break;
            case WorkloadState.Starting or WorkloadState.Absent when task.Phase == TaskPhase.Pending && task.NotBefore > now:
                plan.Ignore.Add(new PlannedAction(workload, "Waits for its restart"));
                break;
            case WorkloadState.Starting or WorkloadState.Absent when task.Phase == TaskPhase.Pending && observed.WaitsFor is { } other:
                plan.Ignore.Add(new PlannedAction(workload, $"Waits for {other} to end"));
                break;
            case WorkloadState.Starting or WorkloadState.Absent when task.Phase == TaskPhase.Pending && observed.IsDownloading(task.Name):
                plan.Ignore.Add(new PlannedAction(workload, "Waits for its artifacts"));
                break;
            case WorkloadState.Starting:
                plan.Start.Add(new PlannedAction(workload, "Its start was cut off"));
                break;
            case WorkloadState.Absent when task.Phase == TaskPhase.Pending:
                plan.Start.Add(new PlannedAction(workload, "Assigned"));
                break;
            default:
                PlanEnd(plan, workload, task, observed.Record!, now);
                break;
        }
    }

    /// <summary>It ended by itself, or is gone though it ran.</summary>
    private static void PlanEnd(AllocationPlan plan, ObservedWorkload workload, TaskRecord task, AllocationRecord record, DateTimeOffset now)
    {
        var decision = RestartDecision.After(
            workload.Status.ExitCode, record.Assigned.JobType, RestartDecision.PolicyOf(record.Assigned, task.Name), task.Window, now);
        (decision.Verdict == RestartVerdict.Restart ? plan.Restart : plan.Finish).Add(new PlannedEnd(workload, decision));
    }
}
