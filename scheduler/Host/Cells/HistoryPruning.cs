using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using Saas.Scheduler.Host.Mapping;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Cells;

/// <summary>
/// Deletes what nobody needs any more after <see cref="SchedulerOptions.HistoryRetention"/>: records of allocations that
/// others replaced, or whose job is gone or purged. What filled a name last stays, because it tells whether a batch
/// instance has completed; and so do those before it by which the attempts of its reschedule policy are counted. Evaluations answered that long ago go as well. A little at each resync, so that a long
/// history does not stop the cell.
/// </summary>
internal sealed class HistoryPruning(CellId cell, CellEnvironment environment)
{
    private readonly TenantScope _tenant = environment.Scope.For(cell.Tenant);
    private readonly TablePartition _purged = environment.Scope.For(cell.Tenant).PurgedAllocationsOf();

    /// <summary>Longer than any commit takes from ensuring a definition to the last document that names it.</summary>
    private static readonly TimeSpan MinDefinitionAge = TimeSpan.FromMinutes(10);

    /// <summary>Of what has to be searched for.</summary>
    private static readonly TimeSpan SearchEvery = TimeSpan.FromHours(1);

    private long _searchedAt = environment.Time.GetTimestamp();
    private bool _hasSearched;

    public async Task RunAsync(CellState state, FencedCell fenced, CancellationToken ct)
    {
        await DeleteRecordsAsync(state, ct);
        if (environment.Time.GetElapsedTime(_searchedAt) >= SearchEvery)
        {
            _searchedAt = environment.Time.GetTimestamp();
            _hasSearched = false;
            await DeleteDefinitionsAsync(state, fenced, ct);
            await DeleteDeploymentsAsync(state, ct);
        }

        if (!_hasSearched)
        {
            _hasSearched = true;
            await FindEvaluationsAsync(state, ct);
        }

        foreach (var project in state.OldEvaluations.GroupBy(static entry => entry.ProjectId))
        {
            var rows = project.Distinct().Take(TableLimits.MaxBatchRows).Select(static entry => TableWrite.Delete(entry.Row)).ToArray();
            await _tenant.JobsOf(project.Key).WriteBatchAsync(rows, ct);
        }

        state.OldEvaluations.Clear();
    }

    private async Task DeleteDefinitionsAsync(CellState state, FencedCell fenced, CancellationToken ct)
    {
        var versions = new HashSet<JobVersionKey>();
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var job in state.Jobs.Values)
        {
            foreach (var allocation in job.Allocations.Values.Where(static allocation => allocation.Assigned))
            {
                named.Add(((GroupDefinition)allocation.Origin!).Assignment.Definition);
                versions.Add(new JobVersionKey(job.Key, allocation.JobVersion));
            }

            versions.Add(new JobVersionKey(job.Key, job.Spec?.Version ?? -1));
            versions.Add(new JobVersionKey(job.Key, job.Older?.Version ?? -1));
            state.Groups.Forget(job.Key, version => versions.Contains(new JobVersionKey(job.Key, version)));
        }

        if ((await fenced.Definitions.PruneAsync(named, MinDefinitionAge, ct)).Outcome == FencedOutcome.Deposed)
        {
            throw new DeposedException(cell);
        }
    }

    /// <summary>
    /// Old ones; and open ones that are not known here: a leader that was deposed without knowing it may have written them
    /// after this one had read. The next look at their job answers them.
    /// </summary>
    private async Task FindEvaluationsAsync(CellState state, CancellationToken ct)
    {
        var before = environment.Time.GetUtcNow() - environment.Options.HistoryRetention;
        foreach (var projectId in state.ProjectIds())
        {
            var rows = _tenant.JobsOf(projectId);
            await foreach (var row in rows.ReadAllAsync(
                RowRange.Prefix(ClusterTables.EvaluationRowPrefix), ClusterJson.Default.EvaluationRecord, ct))
            {
                if (row.Value.ModifiedAt < before && row.Value.Status is EvaluationStatus.Complete or EvaluationStatus.Cancelled)
                {
                    state.OldEvaluations.Add((projectId, row.Row));
                }
                else if (row.Value.Status is EvaluationStatus.Pending or EvaluationStatus.Blocked)
                {
                    NoteOpen(state, row);
                }
            }
        }
    }

    /// <summary>One of a submission that is not known here is left to its message.</summary>
    private static void NoteOpen(CellState state, Document<EvaluationRecord> row)
    {
        if (state.Jobs.TryGetValue(new JobKey(row.Value.ProjectId, row.Value.JobId), out var job)
            && row.Value.JobModifyIndex <= job.Row?.Value.JobModifyIndex && job.OpenEvaluations.TryAdd(row.Value.Id, row))
        {
            state.Dirty.Add(job.Key);
        }
    }

    /// <summary>Those that are over, and not their job's latest.</summary>
    private async Task DeleteDeploymentsAsync(CellState state, CancellationToken ct)
    {
        var before = environment.Time.GetUtcNow() - environment.Options.HistoryRetention;
        var latest = state.Jobs.Values.Select(static job => job.Deployment?.Row).ToHashSet(StringComparer.Ordinal);
        foreach (var projectId in state.ProjectIds())
        {
            var rows = _tenant.JobsOf(projectId);
            await foreach (var row in rows.ReadAllAsync(
                RowRange.Prefix(ClusterTables.DeploymentRowPrefix), ClusterJson.Default.DeploymentRecord, ct))
            {
                if (row.Value.ModifiedAt < before && row.Value.Region == cell.Region && !latest.Contains(row.Row)
                    && !DeploymentStatus.IsActive(row.Value.Status))
                {
                    await rows.WriteAsync(TableWrite.Delete(row.Row, row.ETag), ct);
                }
            }
        }
    }

    private async Task DeleteRecordsAsync(CellState state, CancellationToken ct)
    {
        var before = environment.Time.GetUtcNow() - environment.Options.HistoryRetention;
        await PrunePurgedAsync(before, ct);
        var old = state.Jobs.Values
            .SelectMany(job => Superseded(job, before).Select(allocation => (job, allocation.Id)))
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

    private IEnumerable<AllocationState> Superseded(JobEntry job, DateTimeOffset before)
    {
        var left = job.Allocations.Values.Where(allocation => !allocation.Assigned && allocation.EndedAt < before);
        if (job.Spec is not { } spec || !left.Any())
        {
            return job.Row is null ? left : [];
        }

        var replaced = job.Allocations.Values.Select(static allocation => allocation.PreviousId).ToHashSet();
        var needed = RescheduleHistory.NeededOf(spec, job.Allocations, environment.Time.GetUtcNow());
        return left.Where(allocation => replaced.Contains(allocation.Id) && !needed.Contains(allocation.Id));
    }
}
