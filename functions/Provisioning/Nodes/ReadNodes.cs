using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Nodes;

/// <summary>The tenant's machines.</summary>
internal static class ReadNodes
{
    public static void Map(IRouteTable routes)
    {
        routes.Map("GET", "/v1/nodes", RouteAccess.Requires("nodes:list", ResourceNames.Node("*")), ListAsync)
            .Summary("Lists nodes: prefix narrows it, resources=true adds attributes and resources.")
            .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.IReadOnlyListNodeBody);
        routes.Map("GET", "/v1/node/{nodeId}", NodeRequests.OnNode("nodes:read"), ReadAsync)
            .Summary("The node, with what its agent found of it.")
            .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.NodeBody)
            .Problems(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ListAsync(ApiRequest request, CancellationToken ct)
    {
        NomadResponses.RefuseFilter(request);
        var (prefix, inFull) = (request.Query("prefix") ?? "", request.Query("resources") == "true");
        var bodies = (await NodeRows.ListAsync(request.Tenant, ct))
            .Where(node => node.Id.StartsWith(prefix, StringComparison.Ordinal))
            .Select(node => NodeBody.Of(node, inFull)).ToList();
        return NomadResponses.Ok(request, bodies, ProvisioningJson.Default.IReadOnlyListNodeBody, index: 0);
    }

    private static async Task<IResult> ReadAsync(ApiRequest request, CancellationToken ct) =>
        await NodeRequests.FindAsync(request, ct) is { } node
            ? NomadResponses.Ok(request, NodeBody.Of(node, inFull: true), ProvisioningJson.Default.NodeBody, index: 0)
            : NomadErrors.NotFound("node");
}
