using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Jobs;

/// <summary>Nomad's evaluate: a job is looked at again as it is; with ForceReschedule, failed allocations are replaced at once.</summary>
internal static class EvaluateJob
{
    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            foreach (var pattern in (string[])["/v1/job/{jobId}/evaluate", "/v1/jobs/{jobId}/evaluate"])
            {
                routes.Map(method, pattern, ProjectRequests.OnJob("jobs:evaluate"), HandleAsync)
                    .Summary("Has the scheduler look at the job again.")
                    .Accepts(ProvisioningJson.Strict.EvaluateJobRequest)
                    .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.RegisterJobResponse)
                    .Problems(StatusCodes.Status404NotFound);
            }
        }
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = request.Http.Request.ContentLength is 0 or null && !request.Http.Request.Headers.ContainsKey("Transfer-Encoding")
            ? new EvaluateJobRequest { JobID = request.JobId() }
            : await request.ReadAsync(ProvisioningJson.Strict.EvaluateJobRequest, null, ct);
        if (string.IsNullOrEmpty(body.JobID))
        {
            throw new ProblemException(NomadErrors.BadRequest("JobID", "Job ID must be specified"));
        }

        if (body.JobID != request.JobId())
        {
            throw new ProblemException(NomadErrors.BadRequest("JobID", "JobID not same as job name"));
        }

        await request.RegionAsync(ct);
        var project = await request.ProjectAsync(ct);
        var outcome = await request.Service<EvaluateJobHandler>().HandleAsync(
            request.Tenant, project.Id, request.JobId(), body.EvalOptions?.ForceReschedule is true, ct);
        return outcome.IsDone
            ? NomadResponses.Ok(request, RegisterJobResponse.Of(outcome.Value), ProvisioningJson.Default.RegisterJobResponse, outcome.Value.Record.ModifyIndex)
            : outcome.Error.ToProblem();
    }
}

/// <summary>Nomad's JobEvaluateRequest.</summary>
internal sealed record EvaluateJobRequest : WriteRequestBody
{
    public string? JobID { get; init; }
    public EvaluateOptions? EvalOptions { get; init; }
}

/// <summary>Nomad's EvalOptions.</summary>
internal sealed record EvaluateOptions
{
    /// <summary>Failed allocations whose group has a reschedule policy are replaced now, whatever is left of delay and attempts.</summary>
    public bool ForceReschedule { get; init; }
}

internal sealed class EvaluateJobHandler(JobLedger ledger, ClusterEvents events, AllocationReader allocations)
{
    public async Task<JobOutcome<CommittedJob>> HandleAsync(
        TenantScope tenant, string projectId, string jobId, bool forcesReschedule, CancellationToken ct)
    {
        var present = await JobRows.FindAsync(tenant, projectId, jobId, ct);
        if (present is null || FaultOf(present) is not null)
        {
            return FaultOf(present)!;
        }

        // The allocations first: the evaluation should be answered by a look at them.
        foreach (var view in forcesReschedule ? await FailedAsync(tenant, present, ct) : [])
        {
            var record = await AllocationChanges.ChangeAsync(tenant, view, static before => before with { ForceReschedule = true }, ct);
            await events.SendAsync(tenant, record.Region, InboxKinds.Allocation, projectId, record.Id, jobId);
        }

        var committed = await ledger.EvaluateAsync(
            tenant, projectId, jobId,
            static (job, _) => ValueTask.FromResult(FaultOf(job) is null ? new PlannedEvaluation(EvaluationTriggers.JobRegister) : null), ct);
        if (committed is null)
        {
            return FaultOf(null)!;
        }

        await events.SendAsync(tenant, committed.Record.Region, InboxKinds.Job, projectId, jobId);
        return committed;
    }

    private static JobError? FaultOf(JobRecord? job) => job switch
    {
        null => JobError.Refused(StatusCodes.Status404NotFound, "job not found"),
        { Job.Periodic: not null } => JobError.Refused(StatusCodes.Status409Conflict, "can't evaluate periodic job"),
        { IsParent: true } => JobError.Refused(StatusCodes.Status409Conflict, "can't evaluate parameterized job"),
        _ => null,
    };

    /// <summary>Those that nothing has replaced yet.</summary>
    private async Task<IReadOnlyList<AllocationView>> FailedAsync(TenantScope tenant, JobRecord job, CancellationToken ct)
    {
        var all = await allocations.OfJobAsync(tenant, job, ct);
        var replaced = all.Select(static view => view.PreviousAllocation).ToHashSet(StringComparer.Ordinal);
        var reschedules = job.Job.TaskGroups!
            .Where(static group => group.ReschedulePolicy is { } policy && (policy.Unlimited is true || (policy.Attempts > 0 && policy.Interval > 0)))
            .Select(static group => group.Name).ToHashSet(StringComparer.Ordinal);
        return [.. all.Where(view => view.ClientStatus == ClientStatus.Failed && !replaced.Contains(view.Id) && reschedules.Contains(view.Group))];
    }
}
