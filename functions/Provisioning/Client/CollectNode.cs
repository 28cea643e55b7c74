using Microsoft.AspNetCore.Http;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;

namespace Saas.Provisioning.Client;

/// <summary>Deletes what is left on a node of allocations that have ended.</summary>
internal static class CollectNode
{
    public static void Map(IRouteTable routes)
    {
        // Nomad's clients change things by GET here: recorded like any change.
        foreach (var method in (string[])["GET", "PUT", "POST"])
        {
            routes.Map(method, "/v1/client/gc", ClientRequests.OnNode("nodes:collect"), static (request, ct) =>
                    ClientRequests.DoAsync(request, ClientRequests.NodeId(request), new SessionRequest { Kind = SessionKinds.Collect }, null, ct))
                .Summary("Deletes the folders of all allocations that have ended on the node of node_id.")
                .Produces(StatusCodes.Status200OK)
                .Problems(StatusCodes.Status404NotFound)
                .Spooled();
        }
    }
}
