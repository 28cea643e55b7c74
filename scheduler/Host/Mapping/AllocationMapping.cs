using Saas.Cluster;
using Saas.Cluster.Assignments;
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
    public static JobKey KeyOf(AllocationRecord record) => new(record.ProjectId, record.JobId);

    /// <summary>In a document, nothing reported of it.</summary>
    public static AllocationState ToState(StoredAllocation stored, string nodeId, GroupDefinition group, int priority) => new()
    {
        Id = stored.Id,
        JobKey = group.JobKey,
        ProjectId = group.Assignment.ProjectId,
        Group = group.Assignment.Group,
        Index = stored.Index,
        NodeId = nodeId,
        JobVersion = group.Assignment.JobVersion,
        Definition = group.Definition,
        Ask = group.Ask,
        Priority = priority,
        IsPerNode = group.IsPerNode,
        Stopping = stored.DesiredStatus != DesiredStatus.Run,
        Evicted = stored.DesiredStatus == DesiredStatus.Evict,
        Assigned = true,
        Run = RunState.Pending,
        CreatedAt = stored.CreatedAt,
        PreviousId = stored.PreviousAllocation,
        EvaluationId = stored.EvaluationId,
        Why = stored.Description,
        DeploymentId = stored.DeploymentId,
        Canary = stored.Canary,
        Grant = ToGrant(stored),
        Follows = stored.Follows,
        Score = (float)(stored.Score ?? 0),
        Origin = group,
    };

    /// <summary>
    /// In a document, with what was reported of it. Whether it ended by itself or because it was told to is what its record
    /// says: that is all that is left of it in the end.
    /// </summary>
    public static AllocationState WithReport(this AllocationState assigned, AllocationRecord record)
    {
        var run = ToRun(record.ClientStatus);
        if (run >= RunState.Complete)
        {
            assigned = assigned with
            {
                Stopping = record.DesiredStatus != DesiredStatus.Run, Evicted = record.DesiredStatus == DesiredStatus.Evict, Why = WhyOf(record),
            };
        }

        var isUnknown = record.UnknownSince is not null && run < RunState.Complete;
        return assigned with
        {
            Run = isUnknown ? RunState.Unknown : run,
            EndedAt = run >= RunState.Complete ? record.ModifiedAt : record.UnknownSince,
            Moves = record.MoveAskedAt is not null,

            ForceReschedule = record.ForceReschedule,

            // What was found for a deployment before says nothing about this one.
            Healthy = assigned.DeploymentId is null || assigned.DeploymentId == record.DeploymentId ? record.Healthy : null,
        };
    }

    /// <summary>In no document any more.</summary>
    public static AllocationState ToHistory(AllocationRecord record) => new()
    {
        Id = record.Id,
        JobKey = KeyOf(record).ToString(),
        Group = record.Group,
        Index = record.Index,
        NodeId = record.NodeId,
        JobVersion = record.JobVersion,
        Definition = "",
        Ask = ResourceAsk.None,
        IsPerNode = record.JobType is JobTypes.System or JobTypes.SysBatch,
        Stopping = record.DesiredStatus != DesiredStatus.Run,
        Evicted = record.DesiredStatus == DesiredStatus.Evict,
        Assigned = false,
        Run = ToRun(record.ClientStatus),
        CreatedAt = record.CreatedAt,
        EndedAt = record.ModifiedAt,
        PreviousId = record.PreviousAllocation,
        EvaluationId = record.EvaluationId,
        Why = WhyOf(record),
        DeploymentId = record.DeploymentId,
        Canary = record.Canary,
        Healthy = record.Healthy,
        ForceReschedule = record.ForceReschedule,
    };

    /// <summary>Nearly always one of few texts: one object for all.</summary>
    private static string WhyOf(AllocationRecord record) => string.IsInterned(record.DesiredDescription) ?? record.DesiredDescription;

    public static string DesiredOf(AllocationState state) =>
        state.Evicted ? DesiredStatus.Evict : state.Stopping ? DesiredStatus.Stop : DesiredStatus.Run;

    private static Grant? ToGrant(StoredAllocation stored) => stored.Ports is null && stored.Devices is null
        ? null
        : new Grant(
            [.. (stored.Ports ?? []).Select(static port => new GrantedPort(port.Label, port.Value, port.To, port.HostNetwork))],
            [.. (stored.Devices ?? []).Select(static device => new GrantedDevice(device.Task, device.Vendor, device.Type, device.Name, device.Ids))]);

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
