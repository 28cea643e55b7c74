using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Host.Cells;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Deployments;

/// <summary>
/// What follows from a deployment's end: the version that succeeded is stable, and one that failed gives way to the last
/// stable one where the job asks for it, if that one is different: else it would fail again and again. Both are found again at every look until they are done.
/// </summary>
internal sealed partial class DeploymentOutcomes(CellId cell, CellEnvironment environment)
{
    private readonly ILogger _logger = environment.Loggers.CreateLogger<DeploymentOutcomes>();
    private readonly TenantScope _tenant = environment.Scope.For(cell.Tenant);
    private readonly JobLedger _jobs = new(environment.Time);

    /// <summary>Whether <see cref="RunAsync"/> has anything to do.</summary>
    public static bool AreDue(JobEntry job, EvaluationPlan plan) => BecameStable(job) || plan.Reconciled.Revert;

    /// <summary>True: the job has a newer version now; its row is to be read again.</summary>
    public async Task<bool> RunAsync(JobEntry job, EvaluationPlan plan, CancellationToken ct)
    {
        if (BecameStable(job))
        {
            await MarkStableAsync(job, job.Row!, ct);
        }

        return plan.Reconciled.Revert && await RevertAsync(job, ct);
    }

    private static bool BecameStable(JobEntry job) =>
        job.Row is { Value.Stable: false } row && job.Deployment?.Value is { Status: DeploymentStatus.Successful } deployment
        && deployment.JobVersion == row.Value.Version;

    /// <summary>Refused: the job was submitted again meanwhile, or somebody else marked it.</summary>
    private async Task MarkStableAsync(JobEntry job, Document<JobRecord> row, CancellationToken ct)
    {
        var stable = row.Value with { Stable = true };
        var bytes = TablePartition.Bytes(stable, ClusterJson.Default.JobRecord);
        var written = await _tenant.JobsOf(job.Key.ProjectId).WriteBatchAsync(
            [
                TableWrite.Replace(row.Row, bytes, row.ETag),
                TableWrite.Upsert(ClusterTables.VersionRow(job.Key.JobId, stable.Version), bytes),
            ],
            ct);
        if (written.IsDone)
        {
            job.Row = new Document<JobRecord>(row.Row, stable, written.ETags[0]!);
        }
    }

    private async Task<bool> RevertAsync(JobEntry job, CancellationToken ct)
    {
        var failed = job.Row!.Value;
        var rows = _tenant.JobsOf(job.Key.ProjectId);
        var versions = await JobVersions.ListAsync(rows, job.Key.JobId, ct);
        var rollBack = RollBack.Of(versions, failed);
        await DescribeAsync(rows, job, rollBack.Suffix, ct);
        if (rollBack.Target is not { } stable)
        {
            return false;
        }

        var committed = await _jobs.ChangeAsync(
            _tenant, job.Key.ProjectId, job.Key.JobId,
            (present, _) => ValueTask.FromResult(present is null || present.Version != failed.Version || present.Job.Stop is true
                ? null
                : new PlannedJob(
                    stable with { Version = failed.Version + 1, Stable = false, Tag = null, Purge = false },
                    EvaluationTriggers.DeploymentWatcher, stable.Job.Priority ?? 50)),
            ct);
        if (committed is not null)
        {
            Log.Reverted(_logger, cell, job.Key, failed.Version, stable.Version);
        }

        return true;
    }

    /// <summary>Once. Refused: somebody else changed it; the next look describes it.</summary>
    private static async Task DescribeAsync(TablePartition rows, JobEntry job, string suffix, CancellationToken ct)
    {
        if (job.Deployment is not { } known || known.Value.StatusDescription.EndsWith(suffix, StringComparison.Ordinal))
        {
            return;
        }

        var described = known.Value with { StatusDescription = known.Value.StatusDescription + suffix };
        var written = await rows.WriteAsync(
            TableWrite.Replace(known.Row, TablePartition.Bytes(described, ClusterJson.Default.DeploymentRecord), known.ETag), ct);
        if (written.IsDone)
        {
            job.Deployment = new Document<DeploymentRecord>(known.Row, described, written.ETag!);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Cell {Cell}: version {Failed} of {Job} failed; version {Stable} is submitted again.")]
        public static partial void Reverted(ILogger logger, CellId cell, JobKey job, long failed, long stable);
    }
}
