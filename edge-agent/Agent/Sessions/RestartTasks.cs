using Saas.Contracts.Agents;
using Saas.EdgeAgent.Allocations;

namespace Saas.EdgeAgent.Sessions;

/// <summary>
/// Another run of tasks, because a user wants it. It is noted in the record, and from there on worked as everything is: this
/// only waits until the old runs have ended. It does not count in the restart policy.
/// </summary>
internal sealed class RestartTasks(AllocationStore store, CurrentAssignment assignment, TimeProvider time) : ISessionOperation
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    public string Kind => SessionKinds.Restart;

    public async Task RunAsync(OpenSession session, SessionLine line, CancellationToken ct)
    {
        var request = session.Request;
        var slot = store.Require(request.AllocationId);
        var asked = Check(slot.Record, request);
        await line.ClaimAsync(ct);
        slot.Change(record => Ask(record, request, asked));
        assignment.Changed.Raise();
        while (!asked.All(known => slot.Record.Task(known.Name) is var now && (now.Run > known.Run || now.Phase == TaskPhase.Dead)))
        {
            await Task.Delay(LookEvery, time, ct);
        }
    }

    /// <exception cref="SessionRefusedException">Nomad's 500: it cannot be done as things are.</exception>
    private static List<TaskRecord> Check(AllocationRecord record, SessionRequest request)
    {
        if (request is { AllTasks: true, Task.Length: > 0 })
        {
            throw Refused("task name cannot be set when restarting all tasks");
        }

        if (request.Task is { Length: > 0 } name)
        {
            var task = record.Tasks.FirstOrDefault(candidate => candidate.Name == name)
                ?? throw Refused($"Could not find task runner for task: {name}");
            return task.Phase == TaskPhase.Running ? [task] : throw Refused("Task not running");
        }

        return record.IsTerminal || record.Assigned.DesiredStatus != Contracts.Jobs.DesiredStatus.Run || record.CutOff is not null || record.Tasks.Any(static task => task.Failed)
            ? throw Refused("restart of an alloc that should not run")
            : [.. record.Tasks.Where(task => task.Phase == TaskPhase.Running || (request.AllTasks && task.Phase == TaskPhase.Dead))];
    }

    private AllocationRecord Ask(AllocationRecord record, SessionRequest request, List<TaskRecord> asked)
    {
        var (reason, now) = ($"User requested {(request.Task is { Length: > 0 } ? "task" : request.AllTasks ? "all tasks" : "running tasks")} to restart", time.GetUtcNow());
        foreach (var known in asked)
        {
            // What went on by itself meanwhile is what was wanted.
            if (record.Task(known.Name) is var task && (task.Run, task.Phase) == (known.Run, known.Phase))
            {
                record = record.With(task.Phase == TaskPhase.Dead ? TaskTransitions.Revived(task, reason, now) : TaskTransitions.RestartAsked(task, reason, now));
            }
        }

        return record;
    }

    private static SessionRefusedException Refused(string text) => new(SessionRefusedException.Failed, text);
}
