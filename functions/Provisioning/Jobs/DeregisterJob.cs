using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Storage;

namespace Saas.Provisioning.Jobs;

/// <summary>
/// Stops a job. With <c>purge=true</c> it is forgotten as well: the scheduler removes the row, and the job's place in
/// the quota, once nothing of it runs any more.
/// </summary>
internal static class DeregisterJob
{
    public static void Map(IRouteTable routes)
    {
        foreach (var pattern in (string[])["/v1/job/{jobId}", "/v1/jobs/{jobId}"])
        {
            routes.Map("DELETE", pattern, ProjectRequests.OnJob("jobs:stop"), HandleAsync)
                .Summary("Stops a job and, with purge=true, forgets it.")
                .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.RegisterJobResponse)
                .Problems(StatusCodes.Status404NotFound);
        }
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var purge = request.Query("purge") switch
        {
            null or "" or "false" or "0" => false,
            "true" or "1" => true,
            _ => throw new ProblemException(Problem.Invalid("purge", "Expected true or false.")),
        };
        var project = await request.ProjectAsync(ct);
        var outcome = await request.Service<DeregisterJobHandler>().HandleAsync(request.Tenant, project.Id, request.JobId(), purge, ct);
        return outcome.IsDone
            ? NomadResponses.Ok(request, RegisterJobResponse.Of(outcome.Value), ProvisioningJson.Default.RegisterJobResponse, outcome.Value.Record.ModifyIndex)
            : outcome.Error.ToProblem();
    }
}

internal sealed class DeregisterJobHandler(JobChanges changes)
{
    public Task<JobOutcome<CommittedJob>> HandleAsync(TenantScope tenant, string projectId, string jobId, bool purge, CancellationToken ct) =>
        changes.ChangeAsync(tenant, projectId, jobId, (before, _) => ValueTask.FromResult(Plan(before, purge)), ct);

    /// <summary>Repeating it changes nothing but the index; a purge asked for is not taken back.</summary>
    private static JobOutcome<PlannedJob> Plan(JobRecord? before, bool purge)
    {
        if (before is null)
        {
            return new JobError(JobErrorKind.NotFound, "No such job.");
        }

        var stopped = before with
        {
            Job = before.Job with { Stop = true },
            Version = before.Job.Stop is true ? before.Version : before.Version + 1,
            Purge = before.Purge || purge,
            Stable = before.Stable && before.Job.Stop is true,
        };
        return new PlannedJob(stopped, EvaluationTriggers.JobDeregister, before.Job.Priority!.Value);
    }
}
