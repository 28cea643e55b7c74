using Saas.Cluster.Changes;
using Saas.Hosting.Modules;
using Saas.Provisioning.Deployments;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Jobs;

/// <summary>The deployments of a job, newest first, and the latest of them. Those of a job of the same name before it was purged only with <c>all=true</c>.</summary>
internal static class JobDeployments
{
    public static void Map(IRouteTable routes)
    {
        foreach (var root in (string[])["/v1/job/{jobId}", "/v1/jobs/{jobId}"])
        {
            routes.MapRead(root + "/deployments", ProjectRequests.OnJob("deployments:list"), ProvisioningJson.Default.IReadOnlyListDeploymentBody, ListAsync)
                .Summary("Lists a job's deployments.");
            routes.MapRead(root + "/deployment", ProjectRequests.OnJob("deployments:list"), ProvisioningJson.Default.DeploymentBody, LatestAsync)
                .Summary("The job's latest deployment; null: it has none.");
        }
    }

    private static ValueTask<NomadQuestion> ListAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var all = request.Flag("all");
        return JobQuestions.AskAsync<IReadOnlyList<DeploymentBody>>(
            request, ChangeKinds.Deployment, ProvisioningJson.Default.IReadOnlyListDeploymentBody,
            async (subject, token) => await ReadAsync(subject, all, token), ct);
    }

    private static ValueTask<NomadQuestion> LatestAsync(ApiRequest request, QueryOptions options, CancellationToken ct) => JobQuestions.AskAsync(
        request, ChangeKinds.Deployment, ProvisioningJson.Default.DeploymentBody,
        static async (subject, token) => await ReadAsync(subject, all: false, token) is [var latest, ..] ? latest : null!, ct);

    private static async Task<IReadOnlyList<DeploymentBody>> ReadAsync(JobSubject subject, bool all, CancellationToken ct)
    {
        var job = await JobRows.FindAsync(subject.Tenant, subject.Project.Id, subject.JobId, ct);
        var found = await DeploymentRows.ListAsync(
            subject.Tenant, subject.Project.Id, "",
            deployment => deployment.JobId == subject.JobId && (all || job is null || deployment.JobModifyIndex >= job.CreateIndex), ct);
        return [.. found.OrderByDescending(static deployment => (deployment.JobVersion, deployment.CreatedAt)).Select(deployment => DeploymentBody.Of(deployment, subject.Project.Name))];
    }
}
