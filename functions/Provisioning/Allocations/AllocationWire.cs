using System.Text.Json;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Evaluations;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Allocations;

/// <summary>Nomad's Allocation.</summary>
internal sealed record AllocationBody
{
    public required string ID { get; init; }
    public required string Namespace { get; init; }
    public required string EvalID { get; init; }

    /// <summary><c>job.group[index]</c>.</summary>
    public required string Name { get; init; }

    public required string NodeID { get; init; }
    public required string NodeName { get; init; }
    public required string JobID { get; init; }

    /// <summary>The job as it was at the allocation's version; of a version that is not kept any more, what is known of it.</summary>
    public required Job Job { get; init; }

    /// <summary>Our own here, as of a stub.</summary>
    public required string JobType { get; init; }

    public required long JobVersion { get; init; }
    public required string TaskGroup { get; init; }

    /// <summary>Of all tasks together; zeros once the allocation has left its node.</summary>
    public required CombinedResourcesBody Resources { get; init; }

    /// <summary>By task as submitted; null once the allocation has left its node, as <see cref="AllocatedResources"/>.</summary>
    public required IReadOnlyDictionary<string, Resources>? TaskResources { get; init; }

    /// <summary>What is its own on the node.</summary>
    public required AllocatedResourcesBody? AllocatedResources { get; init; }

    /// <summary>How its node was found, of what is still known of its evaluation; else nothing was counted.</summary>
    public required AllocMetricBody Metrics { get; init; }

    public required string DesiredStatus { get; init; }
    public required string DesiredDescription { get; init; }
    public required DesiredTransitionBody DesiredTransition { get; init; }
    public required string ClientStatus { get; init; }
    public required string ClientDescription { get; init; }
    public required IReadOnlyDictionary<string, TaskStateBody>? TaskStates { get; init; }

    /// <summary>Empty: it counts for none.</summary>
    public required string DeploymentID { get; init; }

    /// <summary>Null: nobody waits for its health.</summary>
    public required AllocDeploymentStatusBody? DeploymentStatus { get; init; }

    public required string PreviousAllocation { get; init; }
    public required string NextAllocation { get; init; }
    public string FollowupEvalID { get; init; } = "";

    /// <summary>Of an allocation that is read alone. Null: it stands in for none that failed.</summary>
    public RescheduleTrackerBody? RescheduleTracker { get; init; }

    /// <summary>Tasks share their node's network.</summary>
    public JsonElement? NetworkStatus { get; init; }

    public IReadOnlyList<string>? PreemptedAllocations { get; init; }
    public string PreemptedByAllocation { get; init; } = "";

    /// <summary>Milliseconds since 1970: they order allocations as Nomad's indexes do.</summary>
    public required long CreateIndex { get; init; }

    public required long ModifyIndex { get; init; }
    public required long AllocModifyIndex { get; init; }
    public required long CreateTime { get; init; }
    public required long ModifyTime { get; init; }
}

/// <summary>Nomad's DesiredTransition.</summary>
/// <param name="Migrate">True: a user asked for it to be stopped and placed anew. Null: nobody did.</param>
internal sealed record DesiredTransitionBody(bool? Migrate, bool? Reschedule = null, bool? ForceReschedule = null, bool? NoShutdownDelay = null);

/// <summary>Nomad's Resources of an allocation as a whole, from before resources were told by task.</summary>
internal sealed record CombinedResourcesBody(int CPU, int Cores, int MemoryMB, int MemoryMaxMB, int DiskMB, int IOPS)
{
    /// <param name="group">With its defaults; null: not known any more.</param>
    public static CombinedResourcesBody Of(TaskGroup? group) => new(
        group?.Tasks?.Sum(static task => task.Resources?.CPU ?? 0) ?? 0,
        group?.Tasks?.Sum(static task => task.Resources?.Cores ?? 0) ?? 0,
        group?.Tasks?.Sum(static task => task.Resources?.MemoryMB ?? 0) ?? 0,
        group?.Tasks?.Sum(static task => Math.Max(0, task.Resources?.MemoryMaxMB ?? 0)) ?? 0,
        group?.EphemeralDisk?.SizeMB ?? 0,
        0);
}

/// <summary>Nomad's AllocDeploymentStatus.</summary>
/// <param name="Healthy">As its agent or a user found; null: not yet known.</param>
/// <param name="Timestamp">Since when it is known; Go's zero time: it is not.</param>
/// <param name="Canary">It tries a version out beside the one that runs.</param>
internal sealed record AllocDeploymentStatusBody(bool? Healthy, DateTime Timestamp, bool Canary, long ModifyIndex)
{
    public static AllocDeploymentStatusBody? Of(AllocationView view) => view.DeploymentId is null && view.Healthy is null
        ? null
        : new AllocDeploymentStatusBody(
            view.Healthy, view.HealthSince?.UtcDateTime ?? GoTime.Zero, view.Canary, view.HealthSince?.ToUnixTimeMilliseconds() ?? 0);
}

/// <summary>Nomad's TaskState, and the end of the task's output.</summary>
internal sealed record TaskStateBody
{
    /// <summary>Of an event, as agents call it.</summary>
    private const string Restarting = "Restarting";

    private static readonly Dictionary<string, string> NoDetails = [];

    public required string State { get; init; }
    public required bool Failed { get; init; }
    public required int Restarts { get; init; }

    /// <summary>As far as its last events tell; Go's zero time where they do not.</summary>
    public required DateTime LastRestart { get; init; }

    /// <summary>Go's zero time where it has not.</summary>
    public required DateTime StartedAt { get; init; }

    public required DateTime FinishedAt { get; init; }

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
        LastRestart = report.Events.LastOrDefault(static e => e.Type == Restarting)?.At.UtcDateTime ?? GoTime.Zero,
        StartedAt = report.StartedAt?.UtcDateTime ?? GoTime.Zero,
        FinishedAt = report.FinishedAt?.UtcDateTime ?? GoTime.Zero,
        ExitCode = report.ExitCode,
        Events = [.. report.Events.Select(e => new TaskEventBody(e.Type, e.At.ToUnixNanoseconds(), e.Message, e.Message, NoDetails))],
        OutputTail = report.OutputTail,
    };
}

/// <param name="Time">Nanoseconds since 1970.</param>
internal sealed record TaskEventBody(string Type, long Time, string Message, string DisplayMessage, IReadOnlyDictionary<string, string> Details);
