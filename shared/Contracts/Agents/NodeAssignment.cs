using System.Text.Json.Serialization;
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

    /// <summary>The deployment whose health it counts for; null: none.</summary>
    public string? DeploymentId { get; init; }

    /// <summary>It tries a version out beside the one that runs.</summary>
    public bool Canary { get; init; }

    /// <summary>
    /// Allocations of the same document that are told to stop and whose room it takes: nothing of it may start before
    /// each of them has ended or has left the document.
    /// </summary>
    public IReadOnlyList<string>? Follows { get; init; }

    /// <summary>By the labels of the group's network; null where it asks for none.</summary>
    public IReadOnlyList<AssignedPort>? Ports { get; init; }

    public IReadOnlyList<AssignedDevice>? Devices { get; init; }

    /// <summary>What its node scored when it was placed, -1 to 1; for those who explain placements, agents are not told.</summary>
    [JsonIgnore]
    public double? Score { get; init; }

    /// <summary>The group as submitted, defaults filled in.</summary>
    public required TaskGroup TaskGroup { get; init; }
}

/// <summary>A port of the node that is the allocation's alone.</summary>
/// <param name="Value">1 to 65535.</param>
/// <param name="To">The port inside the workload's own network; 0: the same as <paramref name="Value"/>.</param>
/// <param name="HostNetwork">The node's network it is on; <c>default</c> unless the job says otherwise.</param>
/// <param name="HostIp">Address of the node there; empty where the node has told none.</param>
public sealed record AssignedPort(string Label, int Value, int To, string HostNetwork, string HostIp);

/// <summary>Instances of one of the node's device groups that are the task's alone.</summary>
/// <param name="Task">Name of the task that asked for them.</param>
public sealed record AssignedDevice(string Task, string Vendor, string Type, string Name, IReadOnlyList<string> Ids);
