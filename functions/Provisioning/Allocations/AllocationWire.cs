using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Evaluations;
using Saas.Provisioning.Jobs;

namespace Saas.Provisioning.Allocations;

/// <summary>An allocation as Nomad's API shows it; a list leaves out <see cref="Job"/> and the resources.</summary>
internal sealed record AllocationBody
{
    public required string ID { get; init; }
    public required string EvalID { get; init; }

    /// <summary><c>job.group[index]</c>.</summary>
    public required string Name { get; init; }

    public required string Namespace { get; init; }
    public required string NodeID { get; init; }
    public required string NodeName { get; init; }
    public required string JobID { get; init; }
    public required string JobType { get; init; }
    public required long JobVersion { get; init; }
    public required string TaskGroup { get; init; }
    public required string DesiredStatus { get; init; }
    public required string DesiredDescription { get; init; }
    public required string ClientStatus { get; init; }
    public required string ClientDescription { get; init; }
    public required string PreviousAllocation { get; init; }

    /// <summary>Empty: it counts for none.</summary>
    public required string DeploymentID { get; init; }

    /// <summary>Null: nobody waits for its health.</summary>
    public required AllocDeploymentStatusBody? DeploymentStatus { get; init; }

    public IReadOnlyDictionary<string, TaskStateBody>? TaskStates { get; init; }
    public required long CreateTime { get; init; }
    public required long ModifyTime { get; init; }

    /// <summary>The job, if it still is at the version of the allocation.</summary>
    public Job? Job { get; init; }

    /// <summary>By task as submitted; null once the allocation has left its node, as <see cref="AllocatedResources"/>.</summary>
    public IReadOnlyDictionary<string, Resources>? TaskResources { get; init; }

    /// <summary>What is its own on the node.</summary>
    public AllocatedResourcesBody? AllocatedResources { get; init; }

    /// <summary>How its node was found, of what is still known of its evaluation. Null: nothing.</summary>
    public AllocMetricBody? Metrics { get; init; }

    public static AllocationBody Of(AllocationView view, string projectName, string nodeName, bool withTasks) => new()
    {
        ID = view.Id,
        EvalID = view.EvaluationId,
        Name = $"{view.JobId}.{view.Group}[{view.Index}]",
        Namespace = projectName,
        NodeID = view.NodeId,
        NodeName = nodeName,
        JobID = view.JobId,
        JobType = view.JobType,
        JobVersion = view.JobVersion,
        TaskGroup = view.Group,
        DesiredStatus = view.DesiredStatus,
        DesiredDescription = view.DesiredDescription,
        ClientStatus = view.ClientStatus,
        ClientDescription = view.ClientDescription,
        PreviousAllocation = view.PreviousAllocation ?? "",
        DeploymentID = view.DeploymentId ?? "",
        DeploymentStatus = view.DeploymentId is null && view.Healthy is null ? null : new AllocDeploymentStatusBody(view.Healthy, view.Canary),
        TaskStates = withTasks ? view.Tasks.ToDictionary(task => task.Key, task => TaskStateBody.Of(task.Value)) : null,
        CreateTime = view.CreatedAt.ToUnixNanoseconds(),
        ModifyTime = view.ModifiedAt.ToUnixNanoseconds(),
    };
}

/// <summary>Nomad's AllocDeploymentStatus.</summary>
/// <param name="Healthy">As its agent found; null: not yet known.</param>
/// <param name="Canary">It tries a version out beside the one that runs.</param>
internal sealed record AllocDeploymentStatusBody(bool? Healthy, bool Canary);

/// <summary>Nomad's TaskState, and the end of the task's output.</summary>
internal sealed record TaskStateBody
{
    public required string State { get; init; }
    public required bool Failed { get; init; }
    public required int Restarts { get; init; }
    public required DateTimeOffset? StartedAt { get; init; }
    public required DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Null while it runs, and for a VM.</summary>
    public required int? ExitCode { get; init; }

    public required IReadOnlyList<TaskEventBody> Events { get; init; }

    /// <summary>Our own: the end of the console (VM) or of standard output (process), at most 4 KiB.</summary>
    public required string? OutputTail { get; init; }

    public static TaskStateBody Of(TaskReport report) => new()
    {
        State = report.State,
        Failed = report.Failed,
        Restarts = report.Restarts,
        StartedAt = report.StartedAt,
        FinishedAt = report.FinishedAt,
        ExitCode = report.ExitCode,
        Events = [.. report.Events.Select(e => new TaskEventBody(e.Type, e.At.ToUnixNanoseconds(), e.Message, e.Message))],
        OutputTail = report.OutputTail,
    };
}

/// <param name="Time">Nanoseconds since 1970.</param>
internal sealed record TaskEventBody(string Type, long Time, string Message, string DisplayMessage);
