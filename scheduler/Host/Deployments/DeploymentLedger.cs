using System.Globalization;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile.Deployments;
using Saas.Scheduler.Host.Cells;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Deployments;

/// <summary>
/// Writes what planning finds of deployments, before the documents that belong to it: a crash in between leaves a
/// deployment of which nothing is placed, and the next leader goes on with it. Users write into the same rows (promote,
/// pause, fail); who comes second reads what the first wrote and plans again.
/// </summary>
internal sealed class DeploymentLedger(CellId cell, CellEnvironment environment)
{
    /// <summary>False: a user changed one of them meanwhile. The jobs know it now; plan again.</summary>
    public async Task<bool> WriteAsync(IReadOnlyList<(JobEntry Job, EvaluationPlan Plan)> planned, CancellationToken ct)
    {
        var isAsPlanned = true;
        foreach (var (job, plan) in planned)
        {
            if (plan.Reconciled.ChangesDeployments)
            {
                isAsPlanned &= await WriteAsync(job, plan, ct);
            }
        }

        return isAsPlanned;
    }

    /// <summary>Reads a deployment anew, if it is the latest of its job.</summary>
    /// <returns>The job; null: it is of none of this cell, or not the latest.</returns>
    public async Task<JobEntry?> ReloadAsync(CellState state, string projectId, string deploymentId, CancellationToken ct)
    {
        var rows = PartitionOf(projectId);
        if (await rows.GetAsync(ClusterTables.DeploymentRow(deploymentId), ClusterJson.Default.DeploymentRecord, ct) is not { } row
            || row.Value.Region != cell.Region
            || !state.Jobs.TryGetValue(new JobKey(projectId, row.Value.JobId), out var job)
            || !IsLatest(job, row.Value))
        {
            return null;
        }

        job.Deployment = row;
        return job;
    }

    /// <summary>Of several deployments of a job the one of its latest version, and then the youngest. Those of a job that was purged are none of it.</summary>
    public static bool IsLatest(JobEntry job, DeploymentRecord record) =>
        (job.Row is null || record.JobModifyIndex >= job.Row.Value.CreateIndex)
        && (job.Deployment is not { } known || known.Value.Id == record.Id
            || (known.Value.JobVersion, known.Value.CreatedAt).CompareTo((record.JobVersion, record.CreatedAt)) < 0);

    private async Task<bool> WriteAsync(JobEntry job, EvaluationPlan plan, CancellationToken ct)
    {
        if (plan.Reconciled.SupersededDeployment is { } superseded && !await ReplaceAsync(job, superseded, ct))
        {
            return false;
        }

        return plan.Reconciled.Deployment switch
        {
            null => true,
            { Id.Length: 0 } begun => await InsertAsync(job, begun, ct),
            var changed => await ReplaceAsync(job, changed, ct),
        };
    }

    private async Task<bool> InsertAsync(JobEntry job, Deployment begun, CancellationToken ct)
    {
        var now = environment.Time.GetUtcNow();
        var record = new DeploymentRecord
        {
            Id = NextIdOf(job),
            ProjectId = job.Key.ProjectId,
            Region = cell.Region,
            JobId = job.Key.JobId,
            JobVersion = begun.JobVersion,
            JobModifyIndex = job.Row!.Value.JobModifyIndex,
            JobCreateIndex = job.Row.Value.CreateIndex,
            Status = DeploymentStatus.Running,
            Groups = new Dictionary<string, Saas.Cluster.DeploymentGroup>(),
            CreatedAt = now,
            ModifiedAt = now,
        }.With(begun, now);
        var row = ClusterTables.DeploymentRow(record.Id);
        var bytes = TablePartition.Bytes(record, ClusterJson.Default.DeploymentRecord);
        var written = await PartitionOf(job.Key.ProjectId).WriteAsync(TableWrite.Insert(row, bytes), ct);
        if (written.IsDone)
        {
            job.Deployment = new Document<DeploymentRecord>(row, record, written.ETag!);
        }

        return written.IsDone;
    }

    /// <summary>
    /// Of the version and what the job's last deployment was: these rows have no fence, and a leader that was deposed
    /// without knowing it must not be able to begin a second one beside that of the newer.
    /// </summary>
    private static string NextIdOf(JobEntry job)
    {
        var row = job.Row!.Value;
        var name = string.Create(
            CultureInfo.InvariantCulture, $"{job.Key} {row.CreateIndex} {row.Version} after {job.Deployment?.Value.Id}");
        return EntityId.Of("dep", row.SubmittedAt, name);
    }

    private async Task<bool> ReplaceAsync(JobEntry job, Deployment changed, CancellationToken ct)
    {
        if (job.Deployment is not { } known || known.Value.Id != changed.Id)
        {
            return true;
        }

        var rows = PartitionOf(job.Key.ProjectId);
        var record = known.Value.With(changed, environment.Time.GetUtcNow());
        var bytes = TablePartition.Bytes(record, ClusterJson.Default.DeploymentRecord);
        var written = await rows.WriteAsync(TableWrite.Replace(known.Row, bytes, known.ETag), ct);
        job.Deployment = written.IsDone
            ? new Document<DeploymentRecord>(known.Row, record, written.ETag!)
            : await rows.GetAsync(known.Row, ClusterJson.Default.DeploymentRecord, ct);
        return written.IsDone;
    }

    private TablePartition PartitionOf(string projectId) => environment.Scope.For(cell.Tenant).JobsOf(projectId);
}
