using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Hosting.Modules;

namespace Saas.Provisioning.Nodes;

/// <summary>
/// Nomad's way to forget a node. There its agent could come back; here its credential is taken away (see
/// <see cref="RevokeNode"/>), because a node that is in no row has nothing to come back to.
/// </summary>
internal static class PurgeNode
{
    public static void Map(IRouteTable routes) =>
        NodeUpdates.Map(routes, "purge", "nodes:revoke", HandleAsync, static route => route
            .Summary("Forgets a node and takes its credential away; its allocations are lost."));

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        if (await NodeRequests.FindAsync(request, ct) is not { } node
            || !await request.Service<RevokeNodeHandler>().HandleAsync(request.Tenant, node.Id, ct))
        {
            return NodeUpdates.Answer(request, NodeOutcome.NotFound);
        }

        var evaluations = await request.Service<NodeEvaluations>().CreateAsync(request.Tenant, node, ct);
        return NodeUpdates.Answer(request, NodeOutcome.To(node with { Ineligible = true, ModifyIndex = node.ModifyIndex + 1 }), evaluations);
    }
}
