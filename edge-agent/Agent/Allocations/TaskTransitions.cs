using Saas.Contracts.Agents;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Allocations;

/// <summary>What a task's record becomes by each thing that can happen to it. Pure.</summary>
internal static class TaskTransitions
{
    private const int MaxEvents = 10;
    private const int MaxMessageLength = 512;

    public static TaskRecord Started(TaskRecord task, DateTimeOffset startedAt, string? how) => task with
    {
        Phase = TaskPhase.Running,
        NotBefore = null,
        StopNotBefore = null,
        StartedAt = startedAt,
        FinishedAt = null,
        ExitCode = null,
        Events = Append(task, how is null
            ? [new TaskEvent(TaskEventTypes.Started, startedAt, "Task started")]
            : [new TaskEvent(TaskEventTypes.Driver, startedAt, how), new TaskEvent(TaskEventTypes.Started, startedAt, "Task started")]),
    };

    /// <summary>It is to be stopped, and its services have left.</summary>
    public static TaskRecord Withdrawn(TaskRecord task, TimeSpan delay, DateTimeOffset now) => task with
    {
        StopNotBefore = now + delay,
        Events = Append(task, [new TaskEvent(TaskEventTypes.ShutdownDelay, now, $"Waiting {delay.TotalSeconds} s before stopping the task")]),
    };

    public static TaskRecord Killing(TaskRecord task, string reason, DateTimeOffset now) =>
        task.Events is [.., { Type: TaskEventTypes.Killing }] // asked before, by an agent that was killed meanwhile
            ? task
            : task with { Events = Append(task, [new TaskEvent(TaskEventTypes.Killing, now, reason)]) };

    public static TaskRecord Restarting(TaskRecord task, WorkloadStatus end, RestartDecision decision, DateTimeOffset now) => task with
    {
        Phase = TaskPhase.Pending,
        StaleRuns = [.. task.StaleRuns, task.Run],
        Run = task.Run + 1,
        StopNotBefore = null,
        Restarts = task.Restarts + 1,
        NotBefore = decision.NotBefore,
        Window = decision.Window,
        FinishedAt = end.EndedAt ?? now,
        ExitCode = end.ExitCode,
        Events = Append(task, [Terminated(end, now), RestartingEvent(decision, now)]),
    };

    /// <summary>A user wants another run; see <see cref="TaskRecord.RestartOfRun"/>.</summary>
    public static TaskRecord RestartAsked(TaskRecord task, string reason, DateTimeOffset now) => task with
    {
        RestartOfRun = task.Run,
        Events = Append(task, [new TaskEvent(TaskEventTypes.RestartSignaled, now, reason)]),
    };

    /// <summary>A user wants a task that has ended to run again.</summary>
    public static TaskRecord Revived(TaskRecord task, string reason, DateTimeOffset now) => task with
    {
        Phase = TaskPhase.Pending,
        StaleRuns = [.. task.StaleRuns, task.Run],
        Run = task.Run + 1,
        Restarts = task.Restarts + 1,
        NotBefore = now,
        Events = Append(task, [new TaskEvent(TaskEventTypes.RestartSignaled, now, reason), new TaskEvent(TaskEventTypes.Restarting, now, reason)]),
    };

    public static TaskRecord Signaled(TaskRecord task, string signal, DateTimeOffset now) =>
        task with { Events = Append(task, [new TaskEvent(TaskEventTypes.Signaling, now, $"Task being sent signal {signal}")]) };

    public static TaskRecord Finished(TaskRecord task, WorkloadStatus end, RestartDecision decision, DateTimeOffset now)
    {
        var ran = task.Phase == TaskPhase.Running || end.State == WorkloadState.Ended;
        var wasKilled = task.Events is [.., { Type: TaskEventTypes.Killing }];
        var last = decision.Verdict switch
        {
            RestartVerdict.Fail => new TaskEvent(TaskEventTypes.NotRestarting, now, decision.Reason),
            _ when wasKilled || !ran => new TaskEvent(TaskEventTypes.Killed, now, wasKilled ? "Task killed" : decision.Reason),
            _ => new TaskEvent(TaskEventTypes.NotRestarting, now, decision.Reason),
        };
        return task with
        {
            Phase = TaskPhase.Dead,
            Failed = decision.Verdict == RestartVerdict.Fail,
            NotBefore = null,
            FinishedAt = end.EndedAt ?? now,
            ExitCode = end.ExitCode,
            Events = Append(task, ran ? [Terminated(end, now), last] : [last]),
        };
    }

    /// <summary>The driver could not start it and may next time.</summary>
    /// <param name="type">Of the event that says why.</param>
    public static TaskRecord StartFailed(
        TaskRecord task, string message, RestartDecision decision, DateTimeOffset now, string type = TaskEventTypes.DriverFailure) => task with
    {
        Restarts = task.Restarts + 1,
        NotBefore = decision.NotBefore,
        Window = decision.Window,
        Events = Append(task, [new TaskEvent(type, now, message), RestartingEvent(decision, now)]),
    };

    /// <summary>The driver could not start it and this node tries no more.</summary>
    /// <param name="type">Of the event that says why.</param>
    public static TaskRecord StartRefused(
        TaskRecord task, string message, string reason, DateTimeOffset now, string type = TaskEventTypes.DriverFailure) => task with
    {
        Phase = TaskPhase.Dead,
        Failed = true,
        NotBefore = null,
        FinishedAt = now,
        Events = Append(task,
        [
            new TaskEvent(type, now, message), new TaskEvent(TaskEventTypes.NotRestarting, now, reason),
        ]),
    };

    public static TaskRecord Downloading(TaskRecord task, DateTimeOffset now) =>
        task with { Events = Append(task, [new TaskEvent(TaskEventTypes.DownloadingArtifacts, now, "Client is downloading artifacts")]) };

    public static TaskRecord Unhealthy(TaskRecord task, string reason, DateTimeOffset now) =>
        task with { Events = Append(task, [new TaskEvent(TaskEventTypes.Unhealthy, now, reason)]) };

    private static TaskEvent Terminated(WorkloadStatus end, DateTimeOffset now) => new(
        TaskEventTypes.Terminated, end.EndedAt ?? now,
        end.State == WorkloadState.Absent ? "It is gone: removed behind the agent's back" : end.Reason ?? $"Exit code {end.ExitCode?.ToString() ?? "unknown"}");

    private static TaskEvent RestartingEvent(RestartDecision decision, DateTimeOffset now) => new(
        TaskEventTypes.Restarting, now, $"{decision.Reason}: at {decision.NotBefore:O}");

    private static List<TaskEvent> Append(TaskRecord task, IEnumerable<TaskEvent> events)
    {
        var shortened = events.Select(e => e.Message.Length <= MaxMessageLength ? e : e with { Message = e.Message[..MaxMessageLength] });
        return [.. task.Events.Concat(shortened).TakeLast(MaxEvents)];
    }
}
