using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Cluster.Periodic;
using Saas.Identity.Quotas;
using Saas.Identity.Tenants;
using Saas.Scheduler.Host.Cells;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Periodic;

/// <summary>
/// Launches periodic jobs of the cell: each launch is a job of its own, named after its time, so that it is there once
/// however often it is decided. The child comes first, then the record that it was decided: a crash in between finds
/// the child there.
/// </summary>
internal sealed partial class PeriodicLauncher(CellId cell, CellEnvironment environment, CellNews news)
{
    private readonly ILogger _logger = environment.Loggers.CreateLogger<PeriodicLauncher>();
    private readonly TenantScope _tenant = environment.Scope.For(cell.Tenant);
    private readonly JobLedger _ledger = new(environment.Time);
    private readonly TenantQuotas _quotas = new(new TenantLedger(environment.Signal), environment.Time);
    private readonly Dictionary<JobKey, (string ETag, DateTimeOffset? Due)> _due = [];
    private bool _lookAtAll = true;

    /// <summary>When the first launch is due; null: none is known.</summary>
    public DateTimeOffset? NextDue => _due.Count == 0 ? null : _due.Values.Min(static entry => entry.Due);

    /// <summary>The cell was loaded anew.</summary>
    public void LookAtAll() => _lookAtAll = true;

    /// <summary>Takes note of the periodic jobs among those that are to be looked at.</summary>
    public void Note(CellState state)
    {
        foreach (var key in state.Dirty.Where(key => state.Jobs.GetValueOrDefault(key)?.Row?.Value.Job.Periodic is not null))
        {
            if (_due.GetValueOrDefault(key).ETag != state.Jobs[key].Row!.ETag)
            {
                _due[key] = ("", DateTimeOffset.MinValue);
            }
        }
    }

    /// <summary>Makes what is due. All jobs must have been looked at: a child that is yet to be counts as one that runs.</summary>
    public async Task RunAsync(CellState state, CancellationToken ct)
    {
        if (_lookAtAll)
        {
            _lookAtAll = false;
            _due.Clear();
            foreach (var job in state.Jobs.Values.Where(static job => job.Row?.Value.Job.Periodic is not null))
            {
                _due[job.Key] = ("", DateTimeOffset.MinValue);
            }
        }

        var now = environment.Time.GetUtcNow();
        foreach (var key in _due.Where(entry => entry.Value.Due <= now).Select(static entry => entry.Key).ToArray())
        {
            if (state.Jobs.GetValueOrDefault(key) is { Row: { Value.Job.Periodic: not null } row } job)
            {
                _due[key] = (row.ETag, await LaunchAsync(state, job, row.Value, now, ct));
            }
            else
            {
                _due.Remove(key);
            }
        }
    }

    /// <returns>When to look again; null: when the job changes.</returns>
    private async Task<DateTimeOffset?> LaunchAsync(CellState state, JobEntry job, JobRecord parent, DateTimeOffset now, CancellationToken ct)
    {
        if (!PeriodicSchedule.TryCreate(parent.Job.Periodic!, out var schedule, out var error))
        {
            Log.NoSchedule(_logger, cell, job.Key, error);
            return null;
        }

        var rows = _tenant.JobsOf(job.Key.ProjectId);
        var launchRow = ClusterTables.LaunchRow(job.Key.JobId);
        var record = await rows.GetAsync(launchRow, ClusterJson.Default.PeriodicLaunchRecord, ct);
        var decision = PeriodicLaunches.Decide(parent, schedule, record?.Value, now, HasRunningChild(state, job.Key, parent, schedule, record?.Value, now));
        if (decision.Launch is { } launch && !await SubmitAsync(state, parent, launch, ct))
        {
            // The tenant has no room for another job. The launch stays due, and is made when it has.
            return now + environment.Options.ResyncEvery;
        }

        if (decision.Record is { } decided)
        {
            await rows.WriteAsync(TableWrite.Upsert(launchRow, TablePartition.Bytes(decided, ClusterJson.Default.PeriodicLaunchRecord)), ct);
        }

        return decision.LookAgainAt;
    }

    private async Task<bool> SubmitAsync(CellState state, JobRecord parent, DateTimeOffset launch, CancellationToken ct)
    {
        var child = ChildJobs.Periodic(parent, launch);
        var id = child.Job.ID!;
        if (!(await _quotas.HoldJobAsync(_tenant, parent.ProjectId, id, ct)).IsDone)
        {
            Log.NoPlace(_logger, cell, id);
            return false;
        }

        await _ledger.ChangeAsync(
            _tenant, parent.ProjectId, id,
            (present, _) => ValueTask.FromResult(present is null
                ? new PlannedJob(child, EvaluationTriggers.PeriodicJob, child.Job.Priority ?? 50)
                : null),
            ct);
        Log.Launched(_logger, cell, id);
        await news.ReloadJobAsync(state, new JobKey(parent.ProjectId, id), ct);
        return true;
    }

    /// <summary>Whether a child other than the one of the launch that is due has not ended.</summary>
    private static bool HasRunningChild(
        CellState state, JobKey parent, JobRecord record, PeriodicSchedule schedule, PeriodicLaunchRecord? launches, DateTimeOffset now)
    {
        if (record.Job.Periodic!.ProhibitOverlap is not true)
        {
            return false;
        }

        var due = schedule.Latest(launches?.DecidedUntil ?? record.SubmittedAt, now) is { } launch ? ChildJobs.PeriodicId(parent.JobId, launch) : null;
        return state.Jobs.Values.Any(job =>
            job.Key.ProjectId == parent.ProjectId && job.Key.JobId != due && job.Row?.Value.Job.ParentID == parent.JobId
            && (state.Dirty.Contains(job.Key) || job.OpenEvaluations.Count > 0 || job.FollowUpAt is not null
                || job.Allocations.Values.Any(static allocation => !allocation.IsTerminal)));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Cell {Cell}: launched {Job}.")]
        public static partial void Launched(ILogger logger, CellId cell, string job);

        [LoggerMessage(2, LogLevel.Error, "Cell {Cell}: periodic job {Job} has no schedule that can be read: {Error}")]
        public static partial void NoSchedule(ILogger logger, CellId cell, JobKey job, string error);

        [LoggerMessage(3, LogLevel.Warning, "Cell {Cell}: {Job} is due, and the tenant may have no further job.")]
        public static partial void NoPlace(ILogger logger, CellId cell, string job);
    }
}
