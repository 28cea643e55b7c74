using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Deployments;

/// <summary>
/// What users decide of a deployment: written into its row by ETag, in one batch with a pending evaluation of the job, and
/// told to the scheduler, which acts by how the row is.
/// </summary>
internal sealed class DeploymentChanges(JobLedger ledger, ClusterEvents events, TimeProvider time)
{
    /// <param name="change">Of the deployment as it is, and its job. May be called several times.</param>
    /// <exception cref="StorageUnavailableException">The store's, or the project is changed faster than we can follow.</exception>
    public async Task<DeploymentOutcome> ChangeAsync(
        TenantScope tenant, DeploymentRecord deployment, Func<DeploymentRecord, JobRecord, ValueTask<DeploymentChange>> change, CancellationToken ct)
    {
        DeploymentChange? last = null;
        var committed = await ledger.EvaluateAsync(
            tenant, deployment.ProjectId, deployment.JobId,
            async (job, token) =>
            {
                var row = await DeploymentRows.GetAsync(tenant, deployment.ProjectId, deployment.Id, token);
                last = row is null ? DeploymentChange.Refused("deployment not found") : await change(row.Value, job);
                return last.Error is null ? Plan(last, row!, job) : null;
            },
            ct);
        if (committed is null)
        {
            return DeploymentOutcome.Refused(
                last?.Error ?? $"deployment \"{deployment.Id}\" references unknown job \"{deployment.JobId}\"");
        }

        // The deployment first: the evaluation should be answered by a look at it.
        await events.SendAsync(tenant, deployment.Region, InboxKinds.Deployment, deployment.ProjectId, deployment.Id, deployment.JobId);
        if (committed.Evaluation is not null)
        {
            await events.SendAsync(tenant, deployment.Region, InboxKinds.Job, deployment.ProjectId, deployment.JobId);
        }

        return DeploymentOutcome.Done(new DeploymentUpdateResponse
        {
            EvalID = committed.Evaluation?.Id ?? "",
            EvalCreateIndex = committed.Evaluation is null ? 0 : committed.Record.ModifyIndex,
            DeploymentModifyIndex = committed.Record.ModifyIndex,
            RevertedJobVersion = last!.RevertedTo,
            Index = committed.Record.ModifyIndex,
        });
    }

    private PlannedEvaluation Plan(DeploymentChange change, Document<DeploymentRecord> row, JobRecord job)
    {
        var isChanged = change.Record != row.Value;
        var written = change.Record! with { ModifyIndex = job.ModifyIndex, ModifiedAt = time.GetUtcNow() };
        return new PlannedEvaluation(EvaluationTriggers.DeploymentWatcher)
        {
            Evaluates = change.Evaluates,
            Beside = isChanged
                ? [TableWrite.Replace(row.Row, TablePartition.Bytes(written, ClusterJson.Default.DeploymentRecord), row.ETag)]
                : [],
        };
    }
}

/// <summary>What one attempt makes of a deployment, or why not.</summary>
internal sealed record DeploymentChange
{
    public DeploymentRecord? Record { get; private init; }

    /// <summary>For the client; null: none.</summary>
    public string? Error { get; private init; }

    /// <summary>The version that the job goes back to; null: it does not.</summary>
    public long? RevertedTo { get; init; }

    /// <summary>Whether the job is to be looked at because of it.</summary>
    public bool Evaluates { get; init; } = true;

    public static DeploymentChange To(DeploymentRecord record) => new() { Record = record };

    public static DeploymentChange Refused(string error) => new() { Error = error };
}

/// <summary>Done, or refused with a text for the client.</summary>
internal sealed record DeploymentOutcome(DeploymentUpdateResponse? Response, string? Error)
{
    public static DeploymentOutcome Done(DeploymentUpdateResponse response) => new(response, null);

    public static DeploymentOutcome Refused(string error) => new(null, error);
}
