namespace Saas.Contracts.Agents;

/// <summary>The whole present state of some allocations: repeating a report changes nothing.</summary>
public sealed record AllocationReports(IReadOnlyList<AllocationReport> Allocations);

public sealed record AllocationReport
{
    public required string Id { get; init; }

    /// <summary>One of <see cref="Jobs.ClientStatus"/> except lost.</summary>
    public required string ClientStatus { get; init; }

    public string ClientDescription { get; init; } = "";

    /// <summary>Rises with every change the agent reports of this allocation; an older one than known is dropped.</summary>
    public required long Revision { get; init; }

    /// <summary>
    /// What the agent found by the group's update (or migrate) block: true once all tasks, and the checks where they
    /// count, were well for its <c>min_healthy_time</c>; false once a task has failed or the <c>healthy_deadline</c> has
    /// passed; null: not yet known. Once told it does not change any more for the same <see cref="DeploymentId"/>.
    /// </summary>
    public bool? Healthy { get; init; }

    /// <summary>
    /// The deployment that <see cref="Healthy"/> was found for, or is being found: of the assignment the agent acts by, which
    /// may be older than the newest. Null: none.
    /// </summary>
    public string? DeploymentId { get; init; }

    /// <summary>By task name.</summary>
    public required IReadOnlyDictionary<string, TaskReport> Tasks { get; init; }
}

public sealed record TaskReport
{
    /// <summary><c>pending</c>, <c>running</c> or <c>dead</c>, as Nomad's TaskState.</summary>
    public required string State { get; init; }

    public required bool Failed { get; init; }
    public int Restarts { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Null while it runs, or where the driver has none (a VM).</summary>
    public int? ExitCode { get; init; }

    /// <summary>Oldest first; the agent keeps the last ten of a task.</summary>
    public required IReadOnlyList<TaskEvent> Events { get; init; }

    /// <summary>The end of the console (VM) or standard output (process): at most 4 KiB of text.</summary>
    public string? OutputTail { get; init; }
}

/// <param name="Type">Nomad's event types: Received, Driver, Started, Terminated, Restarting, Not Restarting, Killing, Killed, Driver Failure.</param>
public sealed record TaskEvent(string Type, DateTimeOffset At, string Message);
