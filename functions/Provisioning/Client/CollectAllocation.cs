using Microsoft.AspNetCore.Http;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;

namespace Saas.Provisioning.Client;

/// <summary>Deletes what is left of an allocation that has ended.</summary>
internal static class CollectAllocation
{
    public static void Map(IRouteTable routes)
    {
        // Nomad's clients change things by GET here: recorded like any change.
        foreach (var method in (string[])["GET", "PUT", "POST"])
        {
            routes.Map(
                    method, "/v1/client/allocation/{allocationId}/gc",
                    ClientRequests.OnAllocation("allocations:collect", static _ => new SessionRequest { Kind = SessionKinds.Collect }), static (request, ct) =>
                        ClientRequests.DoAsync(request, request.Call().Allocation.NodeId, request.Call().Request, null, ct))
                .Summary("Deletes the folder of an allocation that has ended, logs included.")
                .Produces(StatusCodes.Status200OK)
                .Problems(StatusCodes.Status404NotFound)
                .Spooled();
        }
    }
}
