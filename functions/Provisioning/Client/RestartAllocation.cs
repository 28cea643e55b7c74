using Microsoft.AspNetCore.Http;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Client;

/// <summary>Has tasks run anew where they are; it counts for nothing in their restart policy.</summary>
internal static class RestartAllocation
{
    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            routes.Map(
                    method, "/v1/client/allocation/{allocationId}/restart",
                    ClientRequests.OnAllocation("allocations:restart", static _ => new SessionRequest { Kind = SessionKinds.Restart }), HandleAsync)
                .Summary("Restarts a task, the running tasks or all tasks of the allocation; answers when the old runs have ended.")
                .Accepts(ProvisioningJson.Strict.RestartAllocationRequest)
                .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.GenericResponse)
                .Problems(StatusCodes.Status404NotFound);
        }
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        // Nomad's own client sends none where it wants the running tasks.
        var body = request.Http.Request.ContentLength == 0
            ? new RestartAllocationRequest()
            : await request.ReadAsync(ProvisioningJson.Strict.RestartAllocationRequest, null, ct);
        var (allocation, asked) = request.Call();
        return await ClientRequests.DoAsync(
            request, allocation.NodeId, asked with { Task = body.TaskName, AllTasks = body.AllTasks }, new GenericResponse(0), ct);
    }
}

internal sealed record RestartAllocationRequest : WriteRequestBody
{
    /// <summary>Null or empty: those that run, or all.</summary>
    public string? TaskName { get; init; }

    /// <summary>Those that have ended too.</summary>
    public bool AllTasks { get; init; }
}

/// <summary>Nomad's, of what has no other answer.</summary>
internal sealed record GenericResponse(long Index);
