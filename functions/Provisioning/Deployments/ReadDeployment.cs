using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Deployments;

/// <summary>One deployment, and the allocations that count for it.</summary>
internal static class ReadDeployment
{
    public static void Map(IRouteTable routes)
    {
        routes.MapRead("/v1/deployment/{deploymentId}", DeploymentRequests.OnDeployment("deployments:read"), ProvisioningJson.Default.DeploymentBody, BindAsync)
            .Summary("The deployment: how far each group is, and what it waits for.");
        routes.MapRead("/v1/deployment/allocations/{deploymentId}", DeploymentRequests.OnDeployment("deployments:read"), ProvisioningJson.Default.IReadOnlyListAllocationStubBody, BindAllocationsAsync)
            .Summary("Lists the allocations that the deployment placed or updated.");
    }

    private static ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, (project, deployment)) = (request.Tenant, request.Deployment());
        return ValueTask.FromResult(new NomadQuestion(
            TopicsOf(deployment, ChangeKinds.Deployment),
            async token => await DeploymentRows.GetAsync(tenant, project.Id, deployment.Id, token) is { } row
                ? NomadReading.Of(DeploymentBody.Of(row.Value, project.Name), ProvisioningJson.Default.DeploymentBody)
                : throw new ProblemException(NomadErrors.NotFound("deployment")),
            IsSameForAll: true));
    }

    private static ValueTask<NomadQuestion> BindAllocationsAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, (project, deployment), reader) = (request.Tenant, request.Deployment(), request.Service<AllocationReader>());
        var shape = AllocationShape.Of(request);
        return ValueTask.FromResult(new NomadQuestion(
            TopicsOf(deployment, ChangeKinds.Deployment | ChangeKinds.Allocation),
            async token => NomadReading.Of(
                await shape.StubsAsync(tenant, await reader.OfDeploymentAsync(tenant, deployment, token), [project], token),
                ProvisioningJson.Default.IReadOnlyListAllocationStubBody),
            IsSameForAll: true));
    }

    private static ChangeTopics TopicsOf(DeploymentRecord deployment, ChangeKinds kinds) =>
        new(kinds, ChangeKeys.Job(deployment.ProjectId, deployment.JobId));
}
