using Saas.Contracts.Jobs;

namespace Saas.Contracts.Agents;

/// <summary>
/// Everything one node should run: the document the scheduler commits and the agent reads. What is not in it must not
/// run on the node.
/// </summary>
public sealed record NodeAssignment
{
    public required string NodeId { get; init; }

    /// <summary>Rises with every commit to this node; 0 is the empty assignment of a node never scheduled to.</summary>
    public required long Index { get; init; }

    /// <summary>The scheduler leader's lease epoch at the commit.</summary>
    public required long Epoch { get; init; }

    public required IReadOnlyList<AssignedAllocation> Allocations { get; init; }
}

/// <summary>One allocation on its node. It stays in the document until the agent has reported it terminal.</summary>
public sealed record AssignedAllocation
{
    public required string Id { get; init; }
    public required string ProjectId { get; init; }
    public required string JobId { get; init; }
    public required long JobVersion { get; init; }
    public required string JobType { get; init; }

    /// <summary>Name of the task group.</summary>
    public required string Group { get; init; }

    /// <summary>Which of the group's <c>Count</c> this is, from 0: <c>job.group[Index]</c> in Nomad's naming.</summary>
    public required int Index { get; init; }

    /// <summary>One of <see cref="Jobs.DesiredStatus"/>.</summary>
    public required string DesiredStatus { get; init; }

    /// <summary>Why, for people; empty for a first placement.</summary>
    public string DesiredDescription { get; init; } = "";

    public required string EvaluationId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The allocation this one replaces.</summary>
    public string? PreviousAllocation { get; init; }

    /// <summary>The group as submitted, defaults filled in.</summary>
    public required TaskGroup TaskGroup { get; init; }
}
