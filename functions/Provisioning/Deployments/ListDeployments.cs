using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Hosting.Modules;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nomad;
using Saas.Provisioning.Nomad.Listing;

namespace Saas.Provisioning.Deployments;

/// <summary>Deployments of a project, or of all with <c>namespace=*</c>, oldest first.</summary>
internal static class ListDeployments
{
    public static void Map(IRouteTable routes) =>
        routes.MapRead("/v1/deployments", ProjectRequests.OnProjects("deployments:list"), ProvisioningJson.Default.IReadOnlyListDeploymentBody, BindAsync)
            .Summary("Lists deployments: prefix, filter, per_page, next_token and reverse narrow and order it.");

    private static async ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, projects, region) = (request.Tenant, await request.ProjectsAsync(ct), await request.RegionAsync(ct));
        var filter = options.FilterOver(ProvisioningJson.Default.DeploymentBody);
        return new NomadQuestion(
            new ChangeTopics(ChangeKinds.Deployment),
            async token =>
            {
                var bodies = new List<DeploymentBody>();
                foreach (var project in projects)
                {
                    var found = await DeploymentRows.ListAsync(
                        tenant, project.Id, options.Prefix, deployment => region is null || deployment.Region == region, token);
                    bodies.AddRange(found.Select(deployment => DeploymentBody.Of(deployment, project.Name)));
                }

                // Ids begin with the time.
                bodies.Sort(static (left, right) => string.CompareOrdinal(left.ID, right.ID));
                var page = NomadPages.Of(bodies, static body => body.ID, options, filter);
                return NomadReading.Of(page.Items, ProvisioningJson.Default.IReadOnlyListDeploymentBody, page.Next);
            },
            IsSameForAll: true);
    }
}
