using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Jobs;

namespace Saas.Provisioning.Deployments;

/// <summary>One deployment, and the allocations that count for it.</summary>
internal static class ReadDeployment
{
    public static void Map(IRouteTable routes)
    {
        routes.Map("GET", "/v1/deployment/{deploymentId}", DeploymentRequests.OnDeployment("deployments:read"), HandleAsync)
            .Summary("The deployment: how far each group is, and what it waits for.")
            .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.DeploymentBody)
            .Problems(StatusCodes.Status404NotFound);
        routes.Map("GET", "/v1/deployment/allocations/{deploymentId}", DeploymentRequests.OnDeployment("deployments:read"), AllocationsAsync)
            .Summary("Lists the allocations that the deployment placed or updated.")
            .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.IReadOnlyListAllocationBody)
            .Problems(StatusCodes.Status404NotFound);
    }

    private static Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var (project, deployment) = request.Deployment();
        var body = DeploymentBody.Of(deployment, project.Name);
        return Task.FromResult(NomadResponses.Ok(request, body, ProvisioningJson.Default.DeploymentBody, body.ModifyIndex));
    }

    private static async Task<IResult> AllocationsAsync(ApiRequest request, CancellationToken ct)
    {
        var (project, deployment) = request.Deployment();
        var views = await request.Service<AllocationReader>().OfDeploymentAsync(request.Tenant, deployment, ct);
        return await ListAllocations.AnswerAsync(request, views, ListAllocations.Name(project), deployment.JobModifyIndex, ct);
    }
}
