using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.EdgeAgent.Allocations;

/// <summary>How far a task is. Moves: Pending → Running → Pending (restart) …; either → Dead, which is final.</summary>
internal enum TaskPhase
{
    /// <summary>The present run was not seen running yet; it may be on its way.</summary>
    Pending,

    /// <summary>The present run was seen running.</summary>
    Running,

    /// <summary>No run follows. What the driver still holds of it is to be removed.</summary>
    Dead,
}

/// <summary>What the agent remembers of one task, on disk.</summary>
internal sealed record TaskRecord
{
    public required string Name { get; init; }
    public required string Driver { get; init; }
    public TaskPhase Phase { get; init; }

    /// <summary>Number of the present run; see <see cref="Drivers.WorkloadId"/>.</summary>
    public int Run { get; init; }

    /// <summary>Earlier runs that the driver may still hold.</summary>
    public IReadOnlyList<int> StaleRuns { get; init; } = [];

    /// <summary>A <see cref="TaskPhase.Pending"/> run starts no earlier.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>
    /// Its services were withdrawn because it is to be stopped, and it is told so no earlier; see <see cref="ShutdownDelay"/>.
    /// Null while it is wanted. Set once a stop: another one does not begin anew.
    /// </summary>
    public DateTimeOffset? StopNotBefore { get; init; }

    /// <summary>
    /// The run that a user wants to be replaced by another; it is stopped, and counts for nothing in the restart policy. Of an
    /// earlier run it means nothing any more. Null: none was asked for.
    /// </summary>
    public int? RestartOfRun { get; init; }

    /// <summary>All its artifacts were brought to their places: once for all its runs.</summary>
    public bool HasArtifacts { get; init; }

    public RestartWindow Window { get; init; } = new(0, null);

    public int Restarts { get; init; }
    public bool Failed { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public int? ExitCode { get; init; }
    public IReadOnlyList<TaskEvent> Events { get; init; } = [];
    public string? OutputTail { get; init; }
}

/// <summary>Restarts counted since a moment; see <see cref="RestartDecision"/>.</summary>
internal sealed record RestartWindow(int Count, DateTimeOffset? Since);

/// <summary>What the agent remembers of one allocation, on disk, until it has left the assignment.</summary>
internal sealed record AllocationRecord
{
    /// <summary>As assigned last. Of an allocation's group, only what <see cref="WithUpdate"/> takes over ever changes.</summary>
    public required AssignedAllocation Assigned { get; init; }

    /// <summary>Rises with every change; goes out with reports.</summary>
    public long Revision { get; init; }

    public required IReadOnlyList<TaskRecord> Tasks { get; init; }

    /// <summary>Why the assignment cannot be worked at all; null if it can.</summary>
    public string? Fault { get; init; }

    /// <summary>Why it ends though it is wanted; see <see cref="StopOnClientAfter"/>. It stays when the control plane is back. Null: it goes on.</summary>
    public string? CutOff { get; init; }

    /// <summary>Null: it was not looked at yet.</summary>
    public HealthRecord? Health { get; init; }

    public bool IsTerminal => Tasks.All(task => task.Phase == TaskPhase.Dead);

    /// <summary>Terminal only when every task is dead: from then on the scheduler gives the resources to others.</summary>
    public string ClientStatus => IsTerminal
        ? Fault is not null || Tasks.Any(task => task.Failed) ? Contracts.Jobs.ClientStatus.Failed : Contracts.Jobs.ClientStatus.Complete
        : Tasks.Any(task => task.Phase == TaskPhase.Pending && task.StartedAt is null)
            ? Contracts.Jobs.ClientStatus.Pending
            : Contracts.Jobs.ClientStatus.Running;

    public static AllocationRecord New(AssignedAllocation assigned, DateTimeOffset now) => AssignmentGuard.Check(assigned) is { } fault
        ? new AllocationRecord { Assigned = assigned, Tasks = [], Fault = fault, Revision = 1 }
        : new AllocationRecord
        {
            Assigned = assigned,
            Revision = 1,
            Tasks = [.. assigned.TaskGroup.Tasks!.Select(task => new TaskRecord
            {
                Name = task.Name!, Driver = DriverNames.RunBy(task.Driver),
                Events = [new TaskEvent(TaskEventTypes.Received, now, "Task received by the agent")],
            })],
        };

    /// <summary>Whether it is the present run of a task that is not finished.</summary>
    public bool IsPresent(ObservedWorkload workload) => Tasks.Any(task =>
        task.Name == workload.Id.Task && task.Run == workload.Id.Run && task.Driver == workload.Driver && task.Phase != TaskPhase.Dead);

    public TaskRecord Task(string name) => Tasks.First(task => task.Name == name);

    /// <summary>
    /// What the scheduler may change under a running allocation and the agent acts by: whether it should run, which roll-out
    /// it counts for, whose room it waits for, what follows when a task fails or the node is cut off, when it is healthy, its
    /// services, and how long after them it is stopped. What runs stays what it is, whatever came.
    /// </summary>
    /// <returns>This, if nothing changed.</returns>
    public AllocationRecord WithUpdate(AssignedAllocation assigned)
    {
        var updated = Assigned;
        if (assigned.DesiredStatus != updated.DesiredStatus || assigned.DesiredDescription != updated.DesiredDescription)
        {
            updated = updated with { DesiredStatus = assigned.DesiredStatus, DesiredDescription = assigned.DesiredDescription };
        }

        if (assigned.DeploymentId != updated.DeploymentId || assigned.Canary != updated.Canary)
        {
            updated = updated with { DeploymentId = assigned.DeploymentId, Canary = assigned.Canary };
        }

        if (!(assigned.Follows ?? []).SequenceEqual(updated.Follows ?? [], StringComparer.Ordinal))
        {
            updated = updated with { Follows = assigned.Follows };
        }

        if (assigned.JobVersion != updated.JobVersion)
        {
            var tasks = (assigned.TaskGroup.Tasks ?? []).Where(task => task?.Name is not null)
                .DistinctBy(task => task.Name).ToDictionary(task => task.Name!, StringComparer.Ordinal);
            updated = updated with
            {
                JobVersion = assigned.JobVersion,
                TaskGroup = updated.TaskGroup with
                {
                    RestartPolicy = assigned.TaskGroup.RestartPolicy,
                    Services = assigned.TaskGroup.Services,
                    ShutdownDelay = assigned.TaskGroup.ShutdownDelay,
                    Update = assigned.TaskGroup.Update,
                    Migrate = assigned.TaskGroup.Migrate,
                    Disconnect = assigned.TaskGroup.Disconnect,
                    StopAfterClientDisconnect = assigned.TaskGroup.StopAfterClientDisconnect,
                    Tasks = updated.TaskGroup.Tasks?.Select(task => WithUpdate(task, tasks.GetValueOrDefault(task.Name ?? ""))).ToList(),
                },
            };
        }

        return ReferenceEquals(updated, Assigned) ? this : this with { Assigned = updated };
    }

    private static JobTask WithUpdate(JobTask task, JobTask? assigned) =>
        task with { RestartPolicy = assigned?.RestartPolicy, Services = assigned?.Services, ShutdownDelay = assigned?.ShutdownDelay };

    public AllocationRecord With(TaskRecord changed) => this with { Tasks = [.. Tasks.Select(task => task.Name == changed.Name ? changed : task)] };
}

/// <summary>Nomad's names.</summary>
internal static class TaskEventTypes
{
    public const string Received = "Received";
    public const string Driver = "Driver";
    public const string DriverFailure = "Driver Failure";
    public const string Started = "Started";
    public const string Terminated = "Terminated";
    public const string Restarting = "Restarting";
    public const string NotRestarting = "Not Restarting";
    public const string ShutdownDelay = "Waiting for shutdown delay";
    public const string Killing = "Killing";
    public const string Killed = "Killed";
    public const string RestartSignaled = "Restart Signaled";
    public const string Signaling = "Signaling";
    public const string Unhealthy = "Alloc Unhealthy";
    public const string DownloadingArtifacts = "Downloading Artifacts";
    public const string ArtifactDownloadFailed = "Failed Artifact Download";
}
