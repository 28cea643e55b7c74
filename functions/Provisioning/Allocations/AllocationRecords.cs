using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Allocations;

internal static class AllocationRecords
{
    /// <summary>Of an allocation of which nothing was reported yet.</summary>
    public static AllocationRecord Begin(AssignedAllocation place, string nodeId, string region) => new()
    {
        Id = place.Id,
        NodeId = nodeId,
        ProjectId = place.ProjectId,
        Region = region,
        JobId = place.JobId,
        JobVersion = place.JobVersion,
        JobType = place.JobType,
        Group = place.Group,
        Index = place.Index,
        EvaluationId = place.EvaluationId,
        CreatedAt = place.CreatedAt,
        ModifiedAt = place.CreatedAt,
        DesiredStatus = place.DesiredStatus,
        DesiredDescription = place.DesiredDescription,
        Canary = place.Canary,
        ClientStatus = ClientStatus.Pending,
        Revision = -1,
        PreviousAllocation = place.PreviousAllocation,
        DeploymentId = place.DeploymentId,
        Tasks = new Dictionary<string, TaskReport>(),
    };
}
