using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Allocations;
using Saas.Storage;

namespace Saas.Provisioning.Jobs;

/// <summary>A job as submitted, defaults filled in, with its status; and its summary.</summary>
internal static class ReadJob
{
    public static void Map(IRouteTable routes)
    {
        foreach (var root in (string[])["/v1/job", "/v1/jobs"])
        {
            routes.Map("GET", root + "/{jobId}", ProjectRequests.OnJob("jobs:read"), JobAsync)
                .Summary("The job and its status.")
                .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.Job)
                .Problems(StatusCodes.Status404NotFound);
            routes.Map("GET", root + "/{jobId}/summary", ProjectRequests.OnJob("jobs:read"), SummaryAsync)
                .Summary("How far the job has come, by task group.")
                .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.JobSummary)
                .Problems(StatusCodes.Status404NotFound);
        }
    }

    private static async Task<IResult> JobAsync(ApiRequest request, CancellationToken ct)
    {
        var (job, summary) = await FindAsync(request, ct);
        return NomadResponses.Ok(request, Show(job, summary), ProvisioningJson.Default.Job, job.ModifyIndex);
    }

    private static async Task<IResult> SummaryAsync(ApiRequest request, CancellationToken ct)
    {
        var (job, summary) = await FindAsync(request, ct);
        return NomadResponses.Ok(request, summary, ProvisioningJson.Default.JobSummary, job.ModifyIndex);
    }

    private static async Task<(JobRecord Job, JobSummary Summary)> FindAsync(ApiRequest request, CancellationToken ct)
    {
        var project = await request.ProjectAsync(ct);
        var job = await JobRows.FindAsync(request.Tenant, project.Id, request.JobId(), ct)
            ?? throw new ProblemException(Problem.NotFound("job"));
        var allocations = await request.Service<AllocationReader>().OfJobAsync(request.Tenant, job, ct);
        return (job, JobSummary.Of(job, project.Name, allocations));
    }

    /// <summary>The job as Nomad shows it: with the members that only the platform sets.</summary>
    private static Job Show(JobRecord job, JobSummary summary) => job.Job with
    {
        Namespace = summary.Namespace,
        Status = summary.Status,
        StatusDescription = "",
        Stable = job.Stable,
        Version = job.Version,
        SubmitTime = job.SubmittedAt.ToUnixNanoseconds(),
        CreateIndex = job.CreateIndex,
        ModifyIndex = job.ModifyIndex,
        JobModifyIndex = job.JobModifyIndex,
    };
}

internal static class JobRows
{
    /// <param name="jobId">Of a job that can exist.</param>
    public static async ValueTask<JobRecord?> FindAsync(TenantScope tenant, string projectId, string jobId, CancellationToken ct) =>
        (await tenant.JobsOf(projectId).GetAsync(ClusterTables.JobRow(jobId), ClusterJson.Default.JobRecord, ct))?.Value;
}

internal static class NomadTime
{
    /// <summary>How Nomad's API gives instants: nanoseconds since 1970.</summary>
    public static long ToUnixNanoseconds(this DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
