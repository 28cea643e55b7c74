using Saas.Scheduler.Core.Feasibility;

namespace Saas.Scheduler.Core.Model;

public enum JobKind
{
    /// <summary>Runs until it is stopped.</summary>
    Service,

    /// <summary>Each instance runs until it has completed once.</summary>
    Batch,
}

/// <summary>A version of a job, with all defaults filled in.</summary>
public sealed record JobSpec
{
    /// <summary>Unique in the cell.</summary>
    public required string Key { get; init; }

    public required long Version { get; init; }
    public required JobKind Kind { get; init; }

    /// <summary>1 to 100; the higher is placed first.</summary>
    public int Priority { get; init; } = 50;

    /// <summary>True: nothing of it shall run.</summary>
    public bool Stopped { get; init; }

    /// <summary>Names or globs (<c>*</c>).</summary>
    public IReadOnlyList<string> Datacenters { get; init; } = ["*"];

    public IReadOnlyList<NodeConstraint> Constraints { get; init; } = [];
    public required IReadOnlyList<GroupSpec> Groups { get; init; }
}

/// <summary>A task group: its tasks are placed together on one node, <see cref="Count"/> times.</summary>
public sealed record GroupSpec
{
    public required string Name { get; init; }
    public required int Count { get; init; }
    public required ResourceAsk Ask { get; init; }

    /// <summary>
    /// Opaque. Two versions of a group with the same definition run the same thing, and the newer may be given to a
    /// running allocation in place.
    /// </summary>
    public required string Definition { get; init; }

    /// <summary>Drivers of its tasks, each once.</summary>
    public IReadOnlyList<string> Drivers { get; init; } = [];

    /// <summary>Its own and its tasks'.</summary>
    public IReadOnlyList<NodeConstraint> Constraints { get; init; } = [];

    public required RescheduleRule Reschedule { get; init; }
}

public enum DelayFunction
{
    Constant,
    Exponential,
    Fibonacci,
}

/// <summary>Whether and when an allocation that failed for good is replaced (Nomad's reschedule block).</summary>
/// <param name="Attempts">Replacements allowed within <paramref name="Interval"/>; without meaning where unlimited.</param>
/// <param name="MaxDelay">Upper bound of a growing delay.</param>
public sealed record RescheduleRule(
    int Attempts, TimeSpan Interval, TimeSpan Delay, DelayFunction Function, TimeSpan MaxDelay, bool Unlimited);
