using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using Saas.Scheduler.Host.Cells;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Commit;

/// <summary>
/// Makes durable what became of allocations before they leave their document. Naive is to drop them and write the
/// record afterwards; a crash in between would leave nothing that tells a completed batch instance from one that never
/// ran, and it would run again. So the record comes first, and an allocation is dropped only with a terminal record.
/// </summary>
internal sealed class AllocationHistory(CellId cell, CellEnvironment environment)
{
    /// <summary>Records written at the same time.</summary>
    private const int Parallel = 32;

    private readonly TablePartition _records = environment.Scope.For(cell.Tenant).AllocationsOf();

    /// <summary>
    /// False: an allocation to be recorded as lost had ended meanwhile. The state knows it now; plan again.
    /// </summary>
    public async Task<bool> RecordAsync(CellState state, IReadOnlyList<(JobEntry Job, EvaluationPlan Plan)> planned, CancellationToken ct)
    {
        var lost = planned.SelectMany(static entry => entry.Plan.Reconciled.Lost);
        var outdated = planned.SelectMany(static entry => Outdated(entry.Job, entry.Plan));
        var isAsPlanned = true;
        foreach (var chunk in lost.Select(static item => (item, IsLost: true))
            .Concat(outdated.Select(static item => (item, IsLost: false))).Chunk(Parallel))
        {
            var records = await Task.WhenAll(chunk.Select(entry => SettleAsync(state, entry.item, entry.IsLost, ct)));
            foreach (var (record, isLost) in records.Zip(chunk.Select(static entry => entry.IsLost)))
            {
                if (isLost && record.ClientStatus != ClientStatus.Lost)
                {
                    state.PutReport(record);
                    isAsPlanned = false;
                }
            }
        }

        return isAsPlanned;
    }

    /// <summary>Those to be dropped whose record still tells of the job version before an in-place update.</summary>
    private static IEnumerable<AllocationItem> Outdated(JobEntry job, EvaluationPlan plan) =>
        plan.Reconciled.Drop.Where(item => job.OutdatedRecords.Contains(item.Allocation.Id));

    private async Task<AllocationRecord> SettleAsync(CellState state, AllocationItem item, bool isLost, CancellationToken ct)
    {
        var (allocation, now) = (item.Allocation, environment.Time.GetUtcNow());
        while (true)
        {
            var row = await _records.GetAsync(allocation.Id, ClusterJson.Default.AllocationRecord, ct);
            var known = row?.Value ?? Unreported(Assigned(state, allocation), allocation.NodeId);
            var isTerminal = ClientStatus.IsTerminal(known.ClientStatus);
            var settled = known with
            {
                JobVersion = allocation.JobVersion,
                DesiredStatus = isTerminal || !allocation.Stopping ? known.DesiredStatus : DesiredStatus.Stop,
            };
            if (isLost && !isTerminal)
            {
                settled = settled with
                {
                    ClientStatus = ClientStatus.Lost,
                    ClientDescription = item.Reason,
                    Revision = -1,
                    ModifiedAt = now,
                };
            }

            if (settled == known)
            {
                return known;
            }

            var bytes = TablePartition.Bytes(settled, ClusterJson.Default.AllocationRecord);
            var written = await _records.WriteAsync(
                row is null ? TableWrite.Insert(allocation.Id, bytes) : TableWrite.Replace(allocation.Id, bytes, row.ETag), ct);
            if (written.IsDone)
            {
                return settled;
            }
        }
    }

    private static AssignedAllocation Assigned(CellState state, AllocationState allocation) =>
        state.DocumentOf(allocation.NodeId).Allocations.First(assigned => assigned.Id == allocation.Id);

    private AllocationRecord Unreported(AssignedAllocation assigned, string nodeId) => new()
    {
        Id = assigned.Id,
        NodeId = nodeId,
        ProjectId = assigned.ProjectId,
        Region = cell.Region,
        JobId = assigned.JobId,
        JobVersion = assigned.JobVersion,
        JobType = assigned.JobType,
        Group = assigned.Group,
        Index = assigned.Index,
        EvaluationId = assigned.EvaluationId,
        CreatedAt = assigned.CreatedAt,
        ModifiedAt = assigned.CreatedAt,
        DesiredStatus = assigned.DesiredStatus,
        ClientStatus = ClientStatus.Pending,
        Revision = -1,
        PreviousAllocation = assigned.PreviousAllocation,
        Tasks = new Dictionary<string, TaskReport>(),
    };
}
