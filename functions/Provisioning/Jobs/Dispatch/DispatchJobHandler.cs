using System.Security.Cryptography;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Provisioning.Jobs.Validation;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Jobs.Dispatch;

internal sealed class DispatchJobHandler(JobChanges changes, JobPlaces places, TimeProvider time)
{
    /// <summary>Of a child's id: hexadecimal digits that tell dispatches of one second apart.</summary>
    private const int UniqueDigits = 8;

    /// <summary>
    /// The child, its token and the project's index are one batch. The parent is read under that index: a stop that is
    /// committed meanwhile makes the batch fail, and the plan finds the parent stopped.
    /// </summary>
    public async Task<JobOutcome<DispatchJobResponse>> HandleAsync(
        TenantScope tenant, string projectId, string parentId, DispatchJobRequest request, string? token, CancellationToken ct)
    {
        var id = ChildJobs.DispatchId(
            parentId, request.IdPrefixTemplate ?? "", time.GetUtcNow(), RandomNumberGenerator.GetHexString(UniqueDigits, lowercase: true));
        if (!JobIds.CanExist(id))
        {
            return DispatchRules.Invalid("IdPrefixTemplate", $"With it the child's ID is none: 1 to {JobLimits.MaxNameLength} characters without white space.");
        }

        JobRecord? known = null;
        var outcome = await changes.ChangeAsync(
            tenant, projectId, id,
            async (before, cancel) =>
            {
                known = null;
                var rows = tenant.JobsOf(projectId);
                var parent = (await rows.GetAsync(ClusterTables.JobRow(parentId), ClusterJson.Default.JobRecord, cancel))?.Value;
                if (FaultOf(parent, request) is { } fault)
                {
                    return fault;
                }

                var named = string.IsNullOrEmpty(token) ? null : await rows.GetAsync(DispatchToken.Row(parentId, token), ClusterJson.Default.DispatchToken, cancel);
                known = named is null ? null : await JobRows.FindAsync(tenant, projectId, named.Value.JobId, cancel);
                if (known is not null || before is not null)
                {
                    return new JobError(JobErrorKind.Exists, "Another dispatch was given the same ID: repeat this one.");
                }

                if (await places.HoldAsync(tenant, projectId, id, cancel) is { } refused)
                {
                    return refused;
                }

                var priority = request.Priority is > 0 and { } asked ? asked : parent!.Job.Priority!.Value;
                var child = ChildJobs.Dispatched(
                    parent!, id, priority, request.Meta ?? new Dictionary<string, string>(), NullIfEmpty(request.Payload), NullIfEmpty(token));
                return new PlannedJob(child, EvaluationTriggers.JobRegister, priority) { Beside = TokenWrites(parentId, id, token, named?.ETag) };
            },
            ct);
        return known is not null
            ? new DispatchJobResponse { DispatchedJobID = known.Job.ID!, JobCreateIndex = known.CreateIndex, Index = known.ModifyIndex }
            : outcome.IsDone
                ? new DispatchJobResponse
                {
                    DispatchedJobID = id,
                    EvalID = outcome.Value.Evaluation!.Id,
                    EvalCreateIndex = outcome.Value.Record.CreateIndex,
                    JobCreateIndex = outcome.Value.Record.CreateIndex,
                    Index = outcome.Value.Record.ModifyIndex,
                }
                : outcome.Error;
    }

    private static JobError? FaultOf(JobRecord? parent, DispatchJobRequest request) => parent switch
    {
        null => new JobError(JobErrorKind.NotFound, "No such job.") { InNomad = "parameterized job not found" },
        { Job: { ParameterizedJob: null } or { Dispatched: true } } => new JobError(JobErrorKind.NotDispatchable, "The job is not a parameterized one.")
        {
            InNomad = $"Specified job \"{parent.Job.ID}\" is not a parameterized job",
        },
        { Purge: true } or { Job.Stop: true } => new JobError(JobErrorKind.NotDispatchable, "The job is stopped.") { InNomad = $"Specified job \"{parent.Job.ID}\" is stopped" },
        _ => DispatchRules.FaultOf(request, parent.Job.ParameterizedJob!),
    };

    private static TableWrite[] TokenWrites(string parentId, string childId, string? token, string? etag)
    {
        if (string.IsNullOrEmpty(token))
        {
            return [];
        }

        var (row, value) = (DispatchToken.Row(parentId, token), TablePartition.Bytes(new DispatchToken(childId), ClusterJson.Default.DispatchToken));
        return [etag is null ? TableWrite.Insert(row, value) : TableWrite.Replace(row, value, etag)];
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
