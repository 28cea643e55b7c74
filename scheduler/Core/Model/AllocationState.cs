namespace Saas.Scheduler.Core.Model;

/// <summary>What is known of an allocation's run. The last three are terminal: it never runs again.</summary>
public enum RunState
{
    Pending,
    Running,
    Complete,
    Failed,
    Lost,
}

/// <summary>An allocation that is on a node or was once.</summary>
public sealed record AllocationState
{
    public required string Id { get; init; }
    public required string Group { get; init; }

    /// <summary>Which of the group's count it is, from 0.</summary>
    public required int Index { get; init; }

    public required string NodeId { get; init; }
    public required long JobVersion { get; init; }

    /// <summary>Of the group it was placed for; see <see cref="GroupSpec.Definition"/>.</summary>
    public required string Definition { get; init; }

    public required ResourceAsk Ask { get; init; }

    /// <summary>It was told to stop.</summary>
    public bool Stopping { get; init; }

    /// <summary>Whether it is in its node's document. It reserves its resources for as long.</summary>
    public required bool Assigned { get; init; }

    public required RunState Run { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it became terminal; null while it is not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The allocation it replaced.</summary>
    public string? PreviousId { get; init; }

    /// <summary>What left its document without being terminal can only have been lost.</summary>
    public bool IsTerminal => Run is RunState.Complete or RunState.Failed or RunState.Lost || !Assigned;

    /// <summary>On a node and meant to run there.</summary>
    public bool IsLive => Assigned && !Stopping && !IsTerminal;
}
