using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Hosting.Modules;
using Saas.Identity.Projects;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Jobs.Versions;

/// <summary>Nomad's stable: a user says of a version that it is one to go back to, or that it is none.</summary>
internal static class MarkStable
{
    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            foreach (var pattern in (string[])["/v1/job/{jobId}/stable", "/v1/jobs/{jobId}/stable"])
            {
                routes.Map(method, pattern, ProjectRequests.OnJob("jobs:stable"), HandleAsync)
                    .Summary("Says whether a version is one that a failed deployment goes back to.")
                    .Accepts(ProvisioningJson.Strict.StableJobRequest)
                    .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.StableJobResponse)
                    .Problems(StatusCodes.Status404NotFound);
            }
        }
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.StableJobRequest, null, ct);
        JobVersionBodies.CheckId(request, body.JobID);
        await request.RegionAsync(ct);
        var project = await request.ProjectAsync(ct);
        var outcome = await request.Service<MarkStableHandler>().HandleAsync(request.Tenant, project, request.JobId(), body, ct);
        return outcome.IsDone
            ? NomadResponses.Ok(request, outcome.Value, ProvisioningJson.Default.StableJobResponse, outcome.Value.Index)
            : outcome.Error.ToProblem();
    }
}

/// <summary>Nomad's JobStabilityRequest.</summary>
internal sealed record StableJobRequest : WriteRequestBody
{
    public string? JobID { get; init; }
    public long JobVersion { get; init; }
    public bool Stable { get; init; }
}

/// <summary>Nomad's JobStabilityResponse.</summary>
internal sealed record StableJobResponse(long JobModifyIndex, long Index);

internal sealed class MarkStableHandler(JobLedger ledger, ClusterEvents events)
{
    public async Task<JobOutcome<StableJobResponse>> HandleAsync(
        TenantScope tenant, ProjectRecord project, string jobId, StableJobRequest request, CancellationToken ct)
    {
        var rows = tenant.JobsOf(project.Id);
        var committed = await ledger.EvaluateAsync(
            tenant, project.Id, jobId,
            (job, token) => JobVersions.AmendAsync(rows, job, request.JobVersion, version => version with { Stable = request.Stable }, token),
            ct);
        if (committed is null)
        {
            return JobError.Refused(StatusCodes.Status404NotFound, $"job \"{jobId}\" in namespace \"{project.Name}\" at version {request.JobVersion} not found");
        }

        await events.SendAsync(tenant, committed.Record.Region, InboxKinds.Job, project.Id, jobId);
        return new StableJobResponse(committed.Record.JobModifyIndex, committed.Record.ModifyIndex);
    }
}
