using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Hosting.Modules;
using Saas.Storage;

namespace Saas.Provisioning.Deployments;

/// <summary>Gives a deployment up. Where the job asks for it, its last stable version is submitted again by the scheduler.</summary>
internal static class FailDeployment
{
    /// <summary>Nomad's clients send the deployment's id in a body, which is not looked at.</summary>
    public static void Map(IRouteTable routes) =>
        DeploymentUpdates.Map(routes, "fail", "deployments:fail", HandleAsync, static route => route.Summary("Marks a deployment as failed."));

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct) => DeploymentUpdates.Answer(
        request, await request.Service<FailDeploymentHandler>().HandleAsync(request.Tenant, request.Deployment().Record, ct));
}

internal sealed class FailDeploymentHandler(DeploymentChanges changes)
{
    public Task<DeploymentOutcome> HandleAsync(TenantScope tenant, DeploymentRecord deployment, CancellationToken ct) =>
        changes.ChangeAsync(
            tenant, deployment,
            async (present, job) => DeploymentStatus.IsActive(present.Status)
                ? await DeploymentFailures.OfAsync(tenant, present, job, "Deployment marked as failed", ct)
                : DeploymentChange.Refused("can't fail terminal deployment"),
            ct);
}

/// <summary>A deployment that fails at once, and what follows from it.</summary>
internal static class DeploymentFailures
{
    /// <param name="description">Why, for people.</param>
    public static async ValueTask<DeploymentChange> OfAsync(
        TenantScope tenant, DeploymentRecord present, JobRecord job, string description, CancellationToken ct)
    {
        var failed = present with { Status = DeploymentStatus.Failed, StatusDescription = description };
        if (job.Version != present.JobVersion || !present.Groups.Values.Any(Reverts))
        {
            return DeploymentChange.To(failed);
        }

        var versions = await JobVersions.ListAsync(tenant.JobsOf(present.ProjectId), present.JobId, ct);
        var rollBack = RollBack.Of(versions, job);
        return DeploymentChange.To(failed with { StatusDescription = description + rollBack.Suffix }) with { RevertedTo = rollBack.Target?.Version };
    }

    /// <summary>As the scheduler decides it: a group that goes back, and is not all well.</summary>
    private static bool Reverts(DeploymentGroup group) =>
        group.AutoRevert && ((group.DesiredCanaries > 0 && !group.Promoted) || group.Healthy < group.DesiredTotal);
}
