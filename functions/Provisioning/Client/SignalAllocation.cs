using Microsoft.AspNetCore.Http;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Client;

/// <summary>Sends a signal to an allocation's tasks.</summary>
internal static class SignalAllocation
{
    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            routes.Map(
                    method, "/v1/client/allocation/{allocationId}/signal",
                    ClientRequests.OnAllocation("allocations:signal", static _ => new SessionRequest { Kind = SessionKinds.Signal }), HandleAsync)
                .Summary("Sends a signal to a task of the allocation, or to all of them.")
                .Accepts(ProvisioningJson.Strict.SignalAllocationRequest)
                .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.GenericResponse)
                .Problems(StatusCodes.Status404NotFound);
        }
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.SignalAllocationRequest, null, ct);
        var (allocation, asked) = request.Call();
        return await ClientRequests.DoAsync(
            request, allocation.NodeId, asked with { Task = body.Task, Signal = body.Signal }, new GenericResponse(0), ct);
    }
}

internal sealed record SignalAllocationRequest : WriteRequestBody
{
    /// <summary>Clients send it along; what counts is in the path.</summary>
    public string? AllocID { get; init; }

    /// <summary>Null or empty: all.</summary>
    public string? Task { get; init; }

    /// <summary><c>SIGHUP</c>, …; empty: SIGINT.</summary>
    public string? Signal { get; init; }
}
