using Saas.Cluster;
using Saas.Scheduler.Core.Model;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Cells;

/// <summary>
/// Deletes what nobody needs any more after <see cref="SchedulerOptions.HistoryRetention"/>: records of allocations that
/// others replaced, or whose job is gone or purged. What filled a name last stays, because it tells whether a batch
/// instance has completed. Evaluations answered that long ago go as well. A little at each resync, so that a long
/// history does not stop the cell.
/// </summary>
internal sealed class HistoryPruning(CellId cell, CellEnvironment environment)
{
    private readonly TenantScope _tenant = environment.Scope.For(cell.Tenant);
    private readonly TablePartition _purged = environment.Scope.For(cell.Tenant).PurgedAllocationsOf();

    public async Task RunAsync(CellState state, CancellationToken ct)
    {
        await DeleteRecordsAsync(state, ct);
        foreach (var project in state.OldEvaluations.GroupBy(static entry => entry.ProjectId))
        {
            var rows = project.Take(TableLimits.MaxBatchRows).Select(static entry => TableWrite.Delete(entry.Row)).ToArray();
            await _tenant.JobsOf(project.Key).WriteBatchAsync(rows, ct);
        }

        state.OldEvaluations.Clear();
    }

    private async Task DeleteRecordsAsync(CellState state, CancellationToken ct)
    {
        var before = environment.Time.GetUtcNow() - environment.Options.HistoryRetention;
        await PrunePurgedAsync(before, ct);
        var old = state.Jobs.Values
            .SelectMany(job => Superseded(job).Where(allocation => allocation.EndedAt < before).Select(allocation => (job, allocation.Id)))
            .Take(TableLimits.MaxBatchRows)
            .ToArray();
        if (old.Length == 0)
        {
            return;
        }

        // Refused: somebody else deleted one of them. What is left is found again at the next resync.
        var deleted = await _tenant.AllocationsOf().WriteBatchAsync([.. old.Select(static entry => TableWrite.Delete(entry.Id))], ct);
        if (deleted.IsDone)
        {
            foreach (var (job, id) in old)
            {
                job.Allocations.Remove(id);
            }
        }
    }

    private async Task PrunePurgedAsync(DateTimeOffset before, CancellationToken ct)
    {
        var oldest = await _purged.QueryAsync(RowRange.All, TableLimits.MaxBatchRows, continuation: null, ct);
        var old = oldest.Rows.Select(static row => TablePartition.Read(row, ClusterJson.Default.AllocationRecord))
            .Where(record => record.Value.Region == cell.Region && record.Value.ModifiedAt < before)
            .Select(static record => TableWrite.Delete(record.Row)).ToArray();
        if (old.Length > 0)
        {
            await _purged.WriteBatchAsync(old, ct);
        }
    }

    private static IEnumerable<AllocationState> Superseded(JobEntry job)
    {
        var left = job.Allocations.Values.Where(static allocation => !allocation.Assigned);
        if (job.Row is null)
        {
            return left;
        }

        var replaced = job.Allocations.Values.Select(static allocation => allocation.PreviousId).ToHashSet();
        return left.Where(allocation => replaced.Contains(allocation.Id));
    }
}
