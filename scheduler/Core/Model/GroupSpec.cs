using Saas.Scheduler.Core.Feasibility;

namespace Saas.Scheduler.Core.Model;

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

    /// <summary>Its own and its tasks'.</summary>
    public IReadOnlyList<Affinity> Affinities { get; init; } = [];

    public IReadOnlyList<Spread> Spreads { get; init; } = [];

    /// <summary>Host volumes its node must have.</summary>
    public IReadOnlyList<VolumeAsk> Volumes { get; init; } = [];

    /// <summary>It runs only where the site may hold data of this class; null: anywhere. Such a group never bursts.</summary>
    public string? DataClass { get; init; }

    /// <summary>The cheapest node that suits comes before the best packed one.</summary>
    public bool Cheapest { get; init; }

    /// <summary>Node pools to use, in order, for what finds no room in the job's own.</summary>
    public IReadOnlyList<string> BurstPools { get; init; } = [];

    public required RescheduleRule Reschedule { get; init; }

    /// <summary>Null: a new version takes the place of the old one at once.</summary>
    public UpdateRule? Update { get; init; }

    /// <summary>How many may be on their way from draining nodes at the same time.</summary>
    public int MigrateParallel { get; init; } = 1;

    /// <summary>Null: a silent node's allocations are lost at once.</summary>
    public DisconnectRule? Disconnect { get; init; }

    /// <summary>
    /// So long after its node fell silent at the latest, the agent has stopped it by itself (Nomad's stop_on_client_after, and
    /// the time to kill it): until then nothing takes its place. Null: it goes on while its node is silent.
    /// </summary>
    public TimeSpan? StopsAfter { get; init; }

    /// <summary>What was lost with its node is not replaced, but waits for it (Nomad's prevent_reschedule_on_lost).</summary>
    public bool StaysLost { get; init; }
}

/// <param name="Source">The volume's name on the node.</param>
/// <param name="ReadOnly">False: a node that offers it read-only does not suit.</param>
public sealed record VolumeAsk(string Source, bool ReadOnly);

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

/// <summary>How a new version is rolled out (Nomad's update block). When an allocation counts as well is its agent's to say.</summary>
/// <param name="MaxParallel">Allocations replaced at the same time; 1 or more.</param>
/// <param name="Canaries">Of the new version, placed beside all of the old one and promoted first; 0: none.</param>
/// <param name="AutoPromote">Canaries are promoted as soon as all are well.</param>
/// <param name="AutoRevert">When the roll-out fails, the last version that was well is submitted again.</param>
/// <param name="ProgressDeadline">Without another healthy allocation for so long the roll-out fails. Null: one failure fails it.</param>
public sealed record UpdateRule(
    int MaxParallel, int Canaries, bool AutoPromote, bool AutoRevert, TimeSpan? ProgressDeadline);

public enum ReconcileStrategy
{
    /// <summary>The better score stays.</summary>
    BestScore,
    KeepOriginal,
    KeepReplacement,

    /// <summary>Which runs for longer stays.</summary>
    LongestRunning,
}

/// <summary>What becomes of a silent node's allocations (Nomad's disconnect block).</summary>
/// <param name="LostAfter">Until then they are unknown, not lost; from when the node was found silent.</param>
/// <param name="Replace">Whether others run in their place meanwhile.</param>
/// <param name="Strategy">Which of the two stays when the node speaks again.</param>
public sealed record DisconnectRule(TimeSpan LostAfter, bool Replace, ReconcileStrategy Strategy);
