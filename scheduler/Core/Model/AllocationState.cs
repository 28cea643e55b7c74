namespace Saas.Scheduler.Core.Model;

/// <summary>What is known of an allocation's run.</summary>
public enum RunState
{
    Pending,
    Running,

    /// <summary>Its node is silent and its group allows for that; see <see cref="DisconnectRule"/>.</summary>
    Unknown,

    // From here on terminal: it never runs again.
    Complete,
    Failed,
    Lost,
}

/// <summary>
/// An allocation that is on a node or was once. There may be a million in memory: texts that many have in common are
/// shared objects.
/// </summary>
public sealed record AllocationState
{
    public required string Id { get; init; }
    public required string JobKey { get; init; }
    public required string Group { get; init; }

    /// <summary>Which of the group's count it is, from 0. Of system jobs always 0: there the node tells them apart.</summary>
    public required int Index { get; init; }

    public required string NodeId { get; init; }
    public required long JobVersion { get; init; }

    /// <summary>Of the group it was placed for; see <see cref="GroupSpec.Definition"/>.</summary>
    public required string Definition { get; init; }

    public required ResourceAsk Ask { get; init; }

    /// <summary>Of its job when it was placed; who may be preempted follows from it.</summary>
    public int Priority { get; init; } = 50;

    /// <summary>Of a system or sysbatch job.</summary>
    public bool IsPerNode { get; init; }

    /// <summary>Whose quota it counts for.</summary>
    public string ProjectId { get; init; } = "";

    /// <summary>It was told to stop.</summary>
    public bool Stopping { get; init; }

    /// <summary>It was told to stop because a job of higher priority takes its room.</summary>
    public bool Evicted { get; init; }

    /// <summary>A user asked for it to be stopped and placed anew.</summary>
    public bool Moves { get; init; }

    /// <summary>Whether it is in its node's document. It reserves its resources for as long.</summary>
    public required bool Assigned { get; init; }

    public required RunState Run { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it became terminal, or unknown; null while it is neither.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The allocation it replaced.</summary>
    public string? PreviousId { get; init; }

    /// <summary>The evaluation it was placed by.</summary>
    public string EvaluationId { get; init; } = "";

    /// <summary>Why it is there or goes, for people.</summary>
    public string Why { get; init; } = "";

    /// <summary>The deployment whose health it counts for.</summary>
    public string? DeploymentId { get; init; }

    public bool Canary { get; init; }

    /// <summary>As its agent found; null: not yet known.</summary>
    public bool? Healthy { get; init; }

    /// <summary>It has failed, and is to be replaced now whatever is left of delay and attempts.</summary>
    public bool ForceReschedule { get; init; }

    /// <summary>Ports and devices that are its own; null: none.</summary>
    public Grant? Grant { get; init; }

    /// <summary>Allocations of its node whose room it takes: it starts when they have ended.</summary>
    public IReadOnlyList<string>? Follows { get; init; }

    /// <summary>The score its node was chosen by, -1 to 1.</summary>
    public float Score { get; init; }

    /// <summary>The owner's way from here to what this is an instance of. Planning does not look at it.</summary>
    public object? Origin { get; init; }

    /// <summary>
    /// The slot of its node in the cluster it was last put into, to be compared before it is believed: looking at a job of a
    /// thousand allocations would else look up a thousand ids. -1: in none.
    /// </summary>
    internal int Slot { get; set; } = -1;

    /// <summary>What left its document without being terminal can only have been lost.</summary>
    public bool IsTerminal => Run >= RunState.Complete || !Assigned;

    /// <summary>On a node and meant to run there.</summary>
    public bool IsLive => Assigned && !Stopping && !IsTerminal;

    /// <summary>Told to stop, and not known to have: its room is spoken for by whoever follows it.</summary>
    public bool IsLeaving => Assigned && Stopping && !IsTerminal;
}

/// <summary>What an allocation was given of its node beside amounts.</summary>
public sealed record Grant(IReadOnlyList<GrantedPort> Ports, IReadOnlyList<GrantedDevice> Devices);

/// <param name="To">Port inside the workload's network; 0: the same.</param>
/// <param name="Network">Name of the node's network.</param>
public sealed record GrantedPort(string Label, int Value, int To, string Network);

/// <param name="Task">The task that asked.</param>
public sealed record GrantedDevice(string Task, string Vendor, string Type, string Name, IReadOnlyList<string> Ids);
