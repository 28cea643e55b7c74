using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Allocations;

namespace Saas.EdgeAgent.Reports;

/// <summary>From a record to what the control plane is told.</summary>
internal static class ReportFormat
{
    /// <summary>The control plane takes 128 Ki characters of one allocation; up to so many tasks never reach that.</summary>
    private const int TasksInFull = 12;

    private const int ShortTail = 512;
    private const int ShortEvents = 2;

    public static AllocationReport Of(AllocationRecord record) => new()
    {
        Id = record.Assigned.Id,
        ClientStatus = record.ClientStatus,
        ClientDescription = record.Fault ?? Describe(record),
        Revision = record.Revision,
        Healthy = AllocationHealth.Of(record),
        DeploymentId = record.Assigned.DeploymentId,
        Tasks = record.Tasks.ToDictionary(task => task.Name, task => Of(task, record.Tasks.Count > TasksInFull), StringComparer.Ordinal),
    };

    private static TaskReport Of(TaskRecord task, bool isShort) => new()
    {
        State = task.Phase switch
        {
            TaskPhase.Pending => "pending",
            TaskPhase.Running => "running",
            TaskPhase.Dead => "dead",
            _ => throw new InvalidOperationException($"No wire name for {task.Phase}"),
        },
        Failed = task.Failed,
        Restarts = task.Restarts,
        StartedAt = task.StartedAt,
        FinishedAt = task.FinishedAt,
        ExitCode = task.ExitCode,
        Events = isShort ? [.. task.Events.TakeLast(ShortEvents)] : task.Events,
        OutputTail = isShort && task.OutputTail is { Length: > ShortTail } tail ? OutputTails.Cut(tail[^ShortTail..]) : task.OutputTail,
    };

    private static string Describe(AllocationRecord record) => record.ClientStatus switch
    {
        ClientStatus.Failed => $"Task {record.Tasks.First(task => task.Failed).Name} failed",
        ClientStatus.Complete => "All tasks have ended",
        ClientStatus.Running => "Tasks are running",
        _ => "No task has started yet",
    };
}
