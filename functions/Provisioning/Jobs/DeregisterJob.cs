using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Jobs;

/// <summary>
/// Stops a job. With <c>purge=true</c> it is forgotten as well: the scheduler removes the row, and the job's place in
/// the quota, once nothing of it runs any more. <c>global</c> means nothing: a job is in one region. As in Nomad, a job that
/// is not there is stopped.
/// </summary>
internal static class DeregisterJob
{
    public static void Map(IRouteTable routes)
    {
        foreach (var pattern in (string[])["/v1/job/{jobId}", "/v1/jobs/{jobId}"])
        {
            routes.Map("DELETE", pattern, ProjectRequests.OnJob("jobs:stop"), HandleAsync)
                .Summary("Stops a job and, with purge=true, forgets it.")
                .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.DeregisterJobResponse)
                .Problems(StatusCodes.Status404NotFound);
        }
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var (purge, priority) = (request.Flag("purge"), request.Number("eval_priority"));
        request.Flag("global");
        EvaluationPriorities.Check(priority);
        if (request.Flag("no_shutdown_delay"))
        {
            // Stopping as if nothing had been asked would cost its users the time they wanted to save.
            throw new ProblemException(NomadErrors.BadRequest("no_shutdown_delay", "no_shutdown_delay is not supported: allocations keep their shutdown delay"));
        }

        var region = await request.RegionAsync(ct);
        var project = await request.ProjectAsync(ct);
        var outcome = await request.Service<DeregisterJobHandler>()
            .HandleAsync(request.Tenant, project.Id, request.JobId(), region, purge, (int?)priority ?? 0, ct);
        var response = DeregisterJobResponse.Of(outcome.Value);
        return outcome.Error is { Kind: not JobErrorKind.NotFound } error
            ? error.ToProblem()
            : NomadResponses.Ok(request, response, ProvisioningJson.Default.DeregisterJobResponse, response.Index);
    }
}

/// <summary>Nomad's JobDeregisterResponse.</summary>
internal sealed record DeregisterJobResponse
{
    /// <summary>Empty: the job was not there, or places nothing itself.</summary>
    public string EvalID { get; init; } = "";
    public long EvalCreateIndex { get; init; }
    public long JobModifyIndex { get; init; }

    /// <summary>Nomad's; there are no volumes to give back.</summary>
    public string VolumeEvalID { get; init; } = "";
    public long VolumeEvalIndex { get; init; }
    public long Index { get; init; }
    public long LastContact { get; init; }
    public bool KnownLeader { get; init; } = true;
    public string NextToken { get; init; } = "";

    public static DeregisterJobResponse Of(CommittedJob? committed) => committed is null ? new() : new()
    {
        EvalID = committed.Evaluation?.Id ?? "",
        EvalCreateIndex = committed.Record.ModifyIndex,
        JobModifyIndex = committed.Record.JobModifyIndex,
        Index = committed.Record.ModifyIndex,
    };
}

internal sealed class DeregisterJobHandler(JobChanges changes)
{
    /// <param name="region">Null: wherever it is.</param>
    /// <param name="priority">Of the evaluation; 0: the job's.</param>
    public Task<JobOutcome<CommittedJob>> HandleAsync(
        TenantScope tenant, string projectId, string jobId, string? region, bool purge, int priority, CancellationToken ct) =>
        changes.ChangeAsync(tenant, projectId, jobId, (before, _) => ValueTask.FromResult(Plan(before, region, purge, priority)), ct);

    /// <summary>Repeating it changes nothing but the index; a purge asked for is not taken back.</summary>
    private static JobOutcome<PlannedJob> Plan(JobRecord? before, string? region, bool purge, int priority)
    {
        if (before is null || (region is not null && before.Region != region))
        {
            return new JobError(JobErrorKind.NotFound, "No such job.");
        }

        var stopped = before with
        {
            Job = before.Job with { Stop = true },
            Version = before.Job.Stop is true ? before.Version : before.Version + 1,
            Purge = before.Purge || purge,
            Stable = before.Stable && before.Job.Stop is true,
            Tag = before.Job.Stop is true ? before.Tag : null,
        };
        return new PlannedJob(stopped, EvaluationTriggers.JobDeregister, priority > 0 ? priority : before.Job.Priority!.Value);
    }
}
