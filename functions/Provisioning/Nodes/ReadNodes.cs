using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Discovery.Filter;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Provisioning.Nomad;
using Saas.Provisioning.Nomad.Listing;

namespace Saas.Provisioning.Nodes;

/// <summary>The tenant's machines.</summary>
internal static class ReadNodes
{
    public static void Map(IRouteTable routes)
    {
        routes.MapRead("/v1/nodes", RouteAccess.Requires("nodes:list", ResourceNames.Node("*")), ProvisioningJson.Default.IReadOnlyListNodeStubBody, BindListAsync)
            .Summary("Lists nodes: prefix, filter, per_page, next_token and reverse narrow and order it; os=true and resources=true add to it.");
        routes.MapRead("/v1/node/{nodeId}", NodeRequests.OnNode("nodes:read"), ProvisioningJson.Default.NodeBody, BindAsync)
            .Summary("The node, with what its agent found of it.");
    }

    private static async ValueTask<NomadQuestion> BindListAsync(ApiRequest request, QueryOptions options, CancellationToken ct) =>
        NodeList.Of(request, options, await request.RegionAsync(ct), static _ => true);

    private static ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, id) = (request.Tenant, request.Route("nodeId"));
        return ValueTask.FromResult(new NomadQuestion(
            new ChangeTopics(ChangeKinds.Node, ChangeKeys.Node(id)),
            async token => await NodeRows.FindAsync(tenant, id, token) is { Revoked: false } node
                ? NomadReading.Of(NodeBody.Of(node), ProvisioningJson.Default.NodeBody)
                : throw new ProblemException(NomadErrors.NotFound("node")),
            IsSameForAll: true));
    }
}

/// <summary>Stubs of nodes, by id.</summary>
internal static class NodeList
{
    /// <param name="region">Null: of all.</param>
    public static NomadQuestion Of(ApiRequest request, QueryOptions options, string? region, Func<NodeRecord, bool> isWanted)
    {
        var (tenant, query) = (request.Tenant, request.Http.Request.Query);
        var (withResources, withOs) = (QueryOptions.IsSet(query, "resources"), QueryOptions.IsSet(query, "os"));
        var filter = options.FilterOver(ProvisioningJson.Default.NodeBody);
        return new NomadQuestion(
            new ChangeTopics(ChangeKinds.Node),
            async token =>
            {
                var nodes = (await NodeRows.ListAsync(tenant, token)).Where(node =>
                    node.Id.StartsWith(options.Prefix, StringComparison.Ordinal) && (region is null || node.Region == region) && isWanted(node)
                    && (!options.HasFilter || filter.Matches(NodeBody.Of(node))));
                var page = NomadPages.Of(nodes, static node => node.Id, options, FilterExpression<NodeRecord>.Everything);
                return NomadReading.Of(
                    [.. page.Items.Select(node => NodeStubBody.Of(node, withResources, withOs))],
                    ProvisioningJson.Default.IReadOnlyListNodeStubBody, page.Next);
            },
            IsSameForAll: true);
    }
}
