using Microsoft.AspNetCore.Http;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;

namespace Saas.Provisioning.Client;

/// <summary>What a machine uses.</summary>
internal static class ReadNodeStats
{
    public static void Map(IRouteTable routes) =>
        routes.Map("GET", "/v1/client/stats", ClientRequests.OnNode("nodes:read"), static (request, ct) =>
                ClientRequests.AskAsync(request, ClientRequests.NodeId(request), new SessionRequest { Kind = SessionKinds.NodeStats }, AnswerForm.Json, ct))
            .Summary("What the node of node_id uses now: processors, memory, disks.")
            .Produces(StatusCodes.Status200OK)
            .Problems(StatusCodes.Status404NotFound);
}
