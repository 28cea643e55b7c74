using Microsoft.AspNetCore.Http;
using Saas.Cluster.Jobs;
using Saas.Hosting.Modules;
using Saas.Provisioning.Jobs;

namespace Saas.Provisioning.Deployments;

/// <summary>Deployments of a project, or of all with <c>namespace=*</c>, oldest first.</summary>
internal static class ListDeployments
{
    public static void Map(IRouteTable routes) =>
        routes.Map("GET", "/v1/deployments", ProjectRequests.OnProjects("deployments:list"), HandleAsync)
            .Summary("Lists deployments: prefix, filter, reverse, per_page and next_token narrow it.")
            .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.IReadOnlyListDeploymentBody)
            .Problems(StatusCodes.Status404NotFound);

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        NomadResponses.RefuseFilter(request);
        var prefix = request.Query("prefix") ?? "";
        var bodies = new List<DeploymentBody>();
        var index = 0L;
        foreach (var project in await request.ProjectsAsync(ct))
        {
            index = Math.Max(index, await ProjectIndex.ReadAsync(request.Tenant, project.Id, ct));
            var found = await DeploymentRows.ListAsync(request.Tenant, project.Id, prefix, static _ => true, ct);
            bodies.AddRange(found.Select(deployment => DeploymentBody.Of(deployment, project.Name)));
        }

        return NomadResponses.Ok(request, bodies, ProvisioningJson.Default.IReadOnlyListDeploymentBody, index);
    }
}
