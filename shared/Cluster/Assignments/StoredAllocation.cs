using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Cluster.Assignments;

/// <summary>One allocation as read from a document. Members are those of <see cref="AssignmentEntry"/>.</summary>
public sealed record StoredAllocation
{
    public required string Id { get; init; }

    /// <summary>One object for all of the document's allocations that have it in common.</summary>
    public required AssignmentGroup Group { get; init; }

    public required int Index { get; init; }
    public required string EvaluationId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string DesiredStatus { get; init; }
    public string Description { get; init; } = "";
    public string? PreviousAllocation { get; init; }
    public string? DeploymentId { get; init; }
    public bool Canary { get; init; }
    public bool? Healthy { get; init; }
    public IReadOnlyList<AssignedPort>? Ports { get; init; }
    public IReadOnlyList<AssignedDevice>? Devices { get; init; }
    public IReadOnlyList<string>? Follows { get; init; }
    public double? Score { get; init; }

    /// <summary>What writes it again.</summary>
    public AssignmentEntry ToEntry() => new()
    {
        Id = Id,
        Group = Group,
        Index = Index,
        EvaluationId = EvaluationId,
        CreatedAt = CreatedAt.ToUnixTimeMilliseconds(),
        DesiredStatus = DesiredStatus,
        Description = Description,
        PreviousAllocation = PreviousAllocation,
        DeploymentId = DeploymentId,
        Canary = Canary,
        Healthy = Healthy,
        Ports = Ports?.Select(static port => new PortEntry(port.Label, port.Value, port.To, port.HostNetwork, port.HostIp)).ToArray(),
        Devices = Devices?.ToArray(),
        Follows = Follows?.ToArray(),
        Score = Score,
    };

    /// <summary>As the agent is told.</summary>
    /// <param name="group">The text that <see cref="AssignmentGroup.Definition"/> is the hash of.</param>
    public AssignedAllocation ToAssigned(TaskGroup group) => new()
    {
        Id = Id,
        ProjectId = Group.ProjectId,
        JobId = Group.JobId,
        JobVersion = Group.JobVersion,
        JobType = Group.JobType,
        Group = Group.Group,
        Index = Index,
        DesiredStatus = DesiredStatus,
        DesiredDescription = Description,
        EvaluationId = EvaluationId,
        CreatedAt = CreatedAt,
        PreviousAllocation = PreviousAllocation,
        DeploymentId = DeploymentId,
        Canary = Canary,
        Ports = Ports,
        Devices = Devices,
        Follows = Follows,
        Score = Score,
        TaskGroup = group,
    };
}
