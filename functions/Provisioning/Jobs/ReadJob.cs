using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Jobs.Versions;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Jobs;

/// <summary>A job as submitted, defaults filled in, with its status; and its summary.</summary>
internal static class ReadJob
{
    public static void Map(IRouteTable routes)
    {
        foreach (var root in (string[])["/v1/job", "/v1/jobs"])
        {
            routes.MapRead(root + "/{jobId}", ProjectRequests.OnJob("jobs:read"), ProvisioningJson.Default.Job, JobAsync)
                .Summary("The job and its status.");
            routes.MapRead(root + "/{jobId}/summary", ProjectRequests.OnJob("jobs:read"), ProvisioningJson.Default.JobSummary, SummaryAsync)
                .Summary("How far the job has come, by task group.");
        }
    }

    private static ValueTask<NomadQuestion> JobAsync(ApiRequest request, QueryOptions options, CancellationToken ct) => JobQuestions.AskAsync(
        request, ChangeKinds.Allocation, ProvisioningJson.Default.Job,
        static async (subject, token) =>
        {
            var job = await subject.FindAsync(token);
            return Show(job, await subject.SummaryAsync(job, token));
        },
        ct);

    private static ValueTask<NomadQuestion> SummaryAsync(ApiRequest request, QueryOptions options, CancellationToken ct) => JobQuestions.AskAsync(
        request, ChangeKinds.Allocation, ProvisioningJson.Default.JobSummary,
        static async (subject, token) => await subject.SummaryAsync(await subject.FindAsync(token), token),
        ct);

    /// <summary>The job as Nomad shows it: with the members that only the platform sets.</summary>
    public static Job Show(JobRecord job, JobSummary summary) => job.Job with
    {
        Namespace = summary.Namespace,
        Status = summary.Status,
        StatusDescription = "",
        Stable = job.Stable,
        VersionTag = JobVersionTags.Show(job.Tag),
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
