using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Hosting.Modules;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Jobs;

/// <summary>Nomad's periodic force: a periodic job is launched now, whatever its times and whether overlap is prohibited.</summary>
internal static class ForcePeriodic
{
    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            foreach (var pattern in (string[])["/v1/job/{jobId}/periodic/force", "/v1/jobs/{jobId}/periodic/force"])
            {
                routes.Map(method, pattern, ProjectRequests.OnJob("jobs:dispatch"), HandleAsync)
                    .Summary("Launches a periodic job now.")
                    .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.ForcePeriodicResponse)
                    .Problems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
            }
        }
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        await request.RegionAsync(ct);
        var project = await request.ProjectAsync(ct);
        var outcome = await request.Service<ForcePeriodicHandler>().HandleAsync(request.Tenant, project.Id, request.JobId(), ct);
        return outcome.IsDone
            ? NomadResponses.Ok(request, outcome.Value, ProvisioningJson.Default.ForcePeriodicResponse, outcome.Value.Index)
            : outcome.Error.ToProblem();
    }
}

/// <summary>Nomad's PeriodicForceResponse.</summary>
internal sealed record ForcePeriodicResponse(string EvalID, long EvalCreateIndex, long Index);

internal sealed class ForcePeriodicHandler(JobChanges changes, JobPlaces places, TimeProvider time)
{
    /// <summary>The child is named after the second: of two launches in one second there is one child, as of its own times.</summary>
    public async Task<JobOutcome<ForcePeriodicResponse>> HandleAsync(TenantScope tenant, string projectId, string parentId, CancellationToken ct)
    {
        var launch = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var id = ChildJobs.PeriodicId(parentId, launch);
        JobRecord? known = null;
        var outcome = await changes.ChangeAsync(
            tenant, projectId, id,
            async (before, token) =>
            {
                var parent = await JobRows.FindAsync(tenant, projectId, parentId, token);
                if (FaultOf(parent) is { } fault)
                {
                    return fault;
                }

                known = before;
                if (before is not null)
                {
                    return JobError.Refused(StatusCodes.Status409Conflict, $"force launch for job \"{parentId}\" failed: it was launched this second");
                }

                return await places.HoldAsync(tenant, projectId, id, token) is { } refused
                    ? refused
                    : new PlannedJob(ChildJobs.Periodic(parent!, launch), EvaluationTriggers.PeriodicJob, parent!.Job.Priority!.Value);
            },
            ct);
        var child = outcome.Value?.Record ?? known;
        return child is null
            ? outcome.Error!
            : new ForcePeriodicResponse(child.EvaluationId ?? "", child.CreateIndex, child.CreateIndex);
    }

    private static JobError? FaultOf(JobRecord? parent) => parent switch
    {
        null => JobError.Refused(StatusCodes.Status404NotFound, "job not found"),
        { Job.Periodic: null } => JobError.Refused(StatusCodes.Status409Conflict, "can't force launch non-periodic job"),
        { Purge: true } or { Job.Stop: true } => JobError.Refused(
            StatusCodes.Status409Conflict, $"force launch for job \"{parent.Job.ID}\" failed: it is stopped"),
        _ => null,
    };
}
