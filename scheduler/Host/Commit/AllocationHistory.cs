using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using Saas.Scheduler.Host.Cells;
using Saas.Scheduler.Host.Mapping;
using Saas.Storage;
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
    private const int Parallel = 64;

    private readonly TablePartition _records = environment.Scope.For(cell.Tenant).AllocationsOf();

    private enum Fate
    {
        /// <summary>It ended as its agent said; the record may tell of an older version or deployment.</summary>
        AsReported,
        Lost,
        Unknown,
    }

    /// <summary>
    /// False: an allocation to be recorded as lost or unknown had ended meanwhile. The state knows it now; plan again.
    /// </summary>
    public async Task<bool> RecordAsync(CellState state, IReadOnlyList<(JobEntry Job, EvaluationPlan Plan)> planned, CancellationToken ct)
    {
        var isAsPlanned = true;
        foreach (var chunk in planned.SelectMany(static entry => FatesOf(entry.Job, entry.Plan)).Chunk(Parallel))
        {
            var records = await Task.WhenAll(chunk.Select(entry => SettleAsync(entry.Item, entry.Fate, ct)));
            foreach (var (record, (item, fate)) in records.Zip(chunk))
            {
                if (fate == Fate.Unknown)
                {
                    state.PutReport(record);
                    isAsPlanned &= record.UnknownSince is not null;
                }
                else if (fate == Fate.Lost && record.ClientStatus != ClientStatus.Lost)
                {
                    state.PutReport(record);
                    isAsPlanned = false;
                }
            }
        }

        return isAsPlanned;
    }

    /// <summary>The node speaks again: what was said before it fell silent counts.</summary>
    public async Task ReviveAsync(CellState state, string nodeId, CancellationToken ct)
    {
        foreach (var allocation in state.Cluster.AllocationsOn(nodeId).Where(static allocation => allocation.Run == RunState.Unknown).ToArray())
        {
            var known = await ChangeAsync(allocation, static record => record with { UnknownSince = null }, ct);
            state.PutReport(known);

            // Another may run in its place: one of them is to go.
            state.Dirty.Add(CellState.KeyOf(allocation));
        }
    }

    private static IEnumerable<(AllocationItem Item, Fate Fate)> FatesOf(JobEntry job, EvaluationPlan plan) =>
    [
        .. plan.Reconciled.Lost.Select(static item => (item, Fate.Lost)),
        .. plan.Reconciled.Disconnect.Select(static item => (item, Fate.Unknown)),

        // Those to be dropped whose record still tells of the job version or the deployment before an in-place update.
        .. plan.Reconciled.Drop.Where(item => job.OutdatedRecords.Contains(item.Allocation.Id)).Select(static item => (item, Fate.AsReported)),
    ];

    private Task<AllocationRecord> SettleAsync(AllocationItem item, Fate fate, CancellationToken ct)
    {
        var (allocation, now) = (item.Allocation, environment.Time.GetUtcNow());
        return ChangeAsync(allocation, known =>
        {
            var isTerminal = ClientStatus.IsTerminal(known.ClientStatus);
            var settled = known with
            {
                JobVersion = allocation.JobVersion,
                DeploymentId = allocation.DeploymentId,
                Healthy = known.DeploymentId == allocation.DeploymentId ? known.Healthy : null,
                Canary = allocation.Canary,
                DesiredStatus = isTerminal || !allocation.Stopping ? known.DesiredStatus : AllocationMapping.DesiredOf(allocation),
                DesiredDescription = isTerminal || !allocation.Stopping ? known.DesiredDescription : allocation.Why,
            };
            return isTerminal ? settled : fate switch
            {
                Fate.Lost => settled with
                {
                    ClientStatus = ClientStatus.Lost,
                    ClientDescription = item.Reason,
                    Revision = -1,
                    UnknownSince = null,
                    ModifiedAt = now,
                },
                Fate.Unknown => settled with { UnknownSince = known.UnknownSince ?? now },
                _ => settled,
            };
        }, ct);
    }

    private async Task<AllocationRecord> ChangeAsync(
        AllocationState allocation, Func<AllocationRecord, AllocationRecord> change, CancellationToken ct)
    {
        while (true)
        {
            var row = await _records.GetAsync(allocation.Id, ClusterJson.Default.AllocationRecord, ct);
            var known = row?.Value ?? Unreported(allocation);
            var changed = change(known);
            if (changed == known)
            {
                return known;
            }

            var bytes = TablePartition.Bytes(changed, ClusterJson.Default.AllocationRecord);
            var written = await _records.WriteAsync(
                row is null ? TableWrite.Insert(allocation.Id, bytes) : TableWrite.Replace(allocation.Id, bytes, row.ETag), ct);
            if (written.IsDone)
            {
                return changed;
            }
        }
    }

    private AllocationRecord Unreported(AllocationState allocation)
    {
        var group = ((GroupDefinition)allocation.Origin!).Assignment;
        return new AllocationRecord
        {
            Id = allocation.Id,
            NodeId = allocation.NodeId,
            ProjectId = group.ProjectId,
            Region = cell.Region,
            JobId = group.JobId,
            JobVersion = allocation.JobVersion,
            JobType = group.JobType,
            Group = group.Group,
            Index = allocation.Index,
            EvaluationId = allocation.EvaluationId,
            CreatedAt = allocation.CreatedAt,
            ModifiedAt = allocation.CreatedAt,
            DesiredStatus = AllocationMapping.DesiredOf(allocation),
            DesiredDescription = allocation.Why,
            Canary = allocation.Canary,
            ClientStatus = ClientStatus.Pending,
            Revision = -1,
            PreviousAllocation = allocation.PreviousId,
            DeploymentId = allocation.DeploymentId,
            Tasks = new Dictionary<string, TaskReport>(),
        };
    }
}
