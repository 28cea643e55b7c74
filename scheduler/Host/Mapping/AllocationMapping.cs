using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Host.Cells;

namespace Saas.Scheduler.Host.Mapping;

/// <summary>
/// What documents and records say of an allocation, to what the core plans with. The document is the truth of where it
/// is and what is wanted of it; the record is what its agent last said.
/// </summary>
internal static class AllocationMapping
{
    public static JobKey KeyOf(AssignedAllocation assigned) => new(assigned.ProjectId, assigned.JobId);

    public static JobKey KeyOf(AllocationRecord record) => new(record.ProjectId, record.JobId);

    /// <summary>In a document, nothing reported of it.</summary>
    public static AllocationState ToState(AssignedAllocation assigned, string nodeId, GroupDefinition group) => new()
    {
        Id = assigned.Id,
        Group = assigned.Group,
        Index = assigned.Index,
        NodeId = nodeId,
        JobVersion = assigned.JobVersion,
        Definition = group.Definition,
        Ask = group.Ask,
        Stopping = assigned.DesiredStatus == DesiredStatus.Stop,
        Assigned = true,
        Run = RunState.Pending,
        CreatedAt = assigned.CreatedAt,
        PreviousId = assigned.PreviousAllocation,
    };

    /// <summary>In a document, with what was reported of it.</summary>
    public static AllocationState WithReport(this AllocationState assigned, AllocationRecord record) => assigned with
    {
        Run = ToRun(record.ClientStatus),
        EndedAt = ClientStatus.IsTerminal(record.ClientStatus) ? record.ModifiedAt : null,
    };

    /// <summary>In no document any more.</summary>
    public static AllocationState ToHistory(AllocationRecord record) => new()
    {
        Id = record.Id,
        Group = record.Group,
        Index = record.Index,
        NodeId = record.NodeId,
        JobVersion = record.JobVersion,
        Definition = "",
        Ask = default,
        Stopping = record.DesiredStatus == DesiredStatus.Stop,
        Assigned = false,
        Run = ToRun(record.ClientStatus),
        CreatedAt = record.CreatedAt,
        EndedAt = record.ModifiedAt,
        PreviousId = record.PreviousAllocation,
    };

    private static RunState ToRun(string clientStatus) => clientStatus switch
    {
        ClientStatus.Pending => RunState.Pending,
        ClientStatus.Running => RunState.Running,
        ClientStatus.Complete => RunState.Complete,
        ClientStatus.Failed => RunState.Failed,
        ClientStatus.Lost => RunState.Lost,
        _ => throw new InvalidDataException($"No client status: {clientStatus}."),
    };
}
