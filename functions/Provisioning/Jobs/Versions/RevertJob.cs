using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Projects;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Jobs.Versions;

/// <summary>Nomad's revert: an older version is submitted again, as a new one.</summary>
internal static class RevertJob
{
    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            foreach (var pattern in (string[])["/v1/job/{jobId}/revert", "/v1/jobs/{jobId}/revert"])
            {
                routes.Map(method, pattern, ProjectRequests.OnJob("jobs:revert"), HandleAsync)
                    .Summary("Submits an older version of the job again, as a new one.")
                    .Accepts(ProvisioningJson.Strict.RevertJobRequest)
                    .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.RegisterJobResponse)
                    .Problems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
            }
        }
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.RevertJobRequest, null, ct);
        JobVersionBodies.CheckId(request, body.JobID);
        await request.RegionAsync(ct);
        var project = await request.ProjectAsync(ct);
        var outcome = await request.Service<RevertJobHandler>().HandleAsync(request.Tenant, project, request.JobId(), body, ct);
        return outcome.IsDone
            ? NomadResponses.Ok(request, RegisterJobResponse.Of(outcome.Value), ProvisioningJson.Default.RegisterJobResponse, outcome.Value.Record.ModifyIndex)
            : outcome.Error.ToProblem();
    }
}

/// <summary>Nomad's JobRevertRequest.</summary>
internal sealed record RevertJobRequest : WriteRequestBody
{
    public string? JobID { get; init; }

    /// <summary>The version to go back to.</summary>
    public long JobVersion { get; init; }

    /// <summary>Reverts only if the job is at this version; null: whatever it is at.</summary>
    public long? EnforcePriorVersion { get; init; }

    // Older clients send them; the agent has credentials of its own.
    public string? ConsulToken { get; init; }
    public string? VaultToken { get; init; }
}

internal static class JobVersionBodies
{
    /// <exception cref="ProblemException">400: no id, or another one than in the path.</exception>
    public static void CheckId(ApiRequest request, string? id)
    {
        if (string.IsNullOrEmpty(id))
        {
            throw new ProblemException(NomadErrors.BadRequest("JobID", "JobID must be specified"));
        }

        if (id != request.JobId())
        {
            throw new ProblemException(NomadErrors.BadRequest("JobID", "Job ID does not match"));
        }
    }
}

internal sealed class RevertJobHandler(JobChanges changes)
{
    public Task<JobOutcome<CommittedJob>> HandleAsync(
        TenantScope tenant, ProjectRecord project, string jobId, RevertJobRequest request, CancellationToken ct) =>
        changes.ChangeAsync(tenant, project.Id, jobId, (before, token) => PlanAsync(tenant, project, jobId, request, before, token), ct);

    private static async ValueTask<JobOutcome<PlannedJob>> PlanAsync(
        TenantScope tenant, ProjectRecord project, string jobId, RevertJobRequest request, JobRecord? before, CancellationToken ct)
    {
        if (before is null)
        {
            return JobError.Refused(StatusCodes.Status404NotFound, $"job \"{jobId}\" not found");
        }

        if (request.JobVersion == before.Version)
        {
            return JobError.Refused(StatusCodes.Status409Conflict, "can't revert to current version");
        }

        if (request.EnforcePriorVersion is { } enforced && enforced != before.Version)
        {
            return JobError.Refused(StatusCodes.Status409Conflict, $"Current job has version {before.Version}; enforcing version {enforced}");
        }

        if (await JobVersions.FindAsync(tenant.JobsOf(project.Id), jobId, request.JobVersion, ct) is not { } version)
        {
            return JobError.Refused(StatusCodes.Status404NotFound, $"job \"{jobId}\" in namespace \"{project.Name}\" at version {request.JobVersion} not found");
        }

        var reverted = version with { Version = before.Version + 1, Stable = false, Tag = null, Purge = false };
        return new PlannedJob(reverted, EvaluationTriggers.JobRegister, version.Job.Priority!.Value);
    }
}
