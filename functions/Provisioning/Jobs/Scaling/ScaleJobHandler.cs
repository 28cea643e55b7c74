using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Deployments;
using Saas.Provisioning.Jobs.Validation;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Jobs.Scaling;

/// <summary>A count is a new version of the job, in one batch with the event that tells of it.</summary>
internal sealed class ScaleJobHandler(JobLedger ledger, ClusterEvents events, TimeProvider time)
{
    public async Task<JobOutcome<CommittedJob>> HandleAsync(
        TenantScope tenant, string projectId, string jobId, ScaleJobRequest request, CancellationToken ct)
    {
        JobError? error = null;
        var committed = request.Count is null
            ? await ledger.EvaluateAsync(tenant, projectId, jobId, NoteAsync, ct)
            : await ledger.ChangeAsync(tenant, projectId, jobId, ScaleAsync, ct);
        if (committed is null)
        {
            return error ?? JobError.Refused(StatusCodes.Status404NotFound, $"job \"{jobId}\" not found", StatusCodes.Status404NotFound);
        }

        await events.SendAsync(tenant, committed.Record.Region, InboxKinds.Job, projectId, jobId);
        return committed;

        async ValueTask<PlannedEvaluation?> NoteAsync(JobRecord job, CancellationToken token)
        {
            error = GroupOf(job, request, out var group);
            var known = error is null ? await EventsAsync(tenant.JobsOf(projectId), jobId, request.Group, token) : ScalingEvents.None;
            return error is not null ? null : new PlannedEvaluation(EvaluationTriggers.JobScaling)
            {
                Evaluates = false,
                BesideOf = after => [Note(known, request, group!.Count ?? 0, after)],
            };
        }

        async ValueTask<PlannedJob?> ScaleAsync(JobRecord? job, CancellationToken token)
        {
            if (job is null)
            {
                error = null;
                return null;
            }

            error = GroupOf(job, request, out var group) ?? await FaultOfAsync(tenant, job, request, token);
            if (error is not null)
            {
                return null;
            }

            var count = (int)request.Count!.Value;
            var scaled = job.Job with { TaskGroups = [.. job.Job.TaskGroups!.Select(other => other.Name == request.Group ? other with { Count = count } : other)] };
            var isSame = group!.Count == count;
            var record = job with { Job = scaled, Version = isSame ? job.Version : job.Version + 1, Stable = isSame && job.Stable, Tag = isSame ? job.Tag : null };
            var known = await EventsAsync(tenant.JobsOf(projectId), jobId, request.Group, token);
            return new PlannedJob(record, EvaluationTriggers.JobScaling, job.Job.Priority!.Value)
            {
                BesideOf = after => [Note(known, request, group.Count ?? 0, after)],
            };
        }
    }

    /// <summary>Empty: nothing is known of the group's scaling.</summary>
    public static async ValueTask<ScalingEvents> EventsAsync(TablePartition rows, string jobId, string group, CancellationToken ct) =>
        (await rows.GetAsync(ScalingEvents.Row(jobId, group), ClusterJson.Default.ScalingEvents, ct))?.Value ?? ScalingEvents.None;

    private TableWrite Note(ScalingEvents known, ScaleJobRequest request, int previous, CommittedJob committed)
    {
        var scaled = new ScalingEvent
        {
            Group = request.Group,
            At = time.GetUtcNow(),
            Count = (int?)request.Count,
            PreviousCount = previous,
            Message = request.Message ?? "",
            Error = request.Error,
            Meta = request.Meta,
            EvaluationId = committed.Evaluation?.Id,
            CreateIndex = committed.Record.ModifyIndex,
        };
        return TableWrite.Upsert(
            ScalingEvents.Row(committed.Record.Job.ID!, request.Group), TablePartition.Bytes(known.With(scaled), ClusterJson.Default.ScalingEvents));
    }

    private static JobError? GroupOf(JobRecord job, ScaleJobRequest request, out TaskGroup? group)
    {
        group = job.Job.TaskGroups!.FirstOrDefault(candidate => candidate.Name == request.Group);
        return group is null
            ? BadRequest($"task group \"{request.Group}\" specified for scaling does not exist in job")
            : null;
    }

    private static async ValueTask<JobError?> FaultOfAsync(TenantScope tenant, JobRecord job, ScaleJobRequest request, CancellationToken ct)
    {
        if (job.Job.Type is JobTypes.System or JobTypes.SysBatch && request.Count > 1)
        {
            return BadRequest($"jobs of type \"{job.Job.Type}\" can only be scaled between 0 and 1");
        }

        if (request.Count > JobLimits.MaxCount)
        {
            return BadRequest($"group count was greater than the maximum: {request.Count} > {JobLimits.MaxCount}");
        }

        var deployments = await DeploymentRows.ListAsync(
            tenant, job.ProjectId, "", deployment => deployment.JobId == job.Job.ID && deployment.JobModifyIndex >= job.CreateIndex, ct);
        if (deployments.Any(static deployment => DeploymentStatus.IsActive(deployment.Status)))
        {
            return BadRequest("job scaling blocked due to active deployment");
        }

        return request.JobModifyIndex > 0 && RegisterJobHandler.ConflictOf(request.JobModifyIndex, job) is { } conflict
            ? new JobError(JobErrorKind.IndexConflict, conflict)
            : null;
    }

    private static JobError BadRequest(string text) => JobError.Refused(StatusCodes.Status400BadRequest, text, StatusCodes.Status400BadRequest);
}
