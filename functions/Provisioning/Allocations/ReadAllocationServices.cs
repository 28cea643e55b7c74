using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;

namespace Saas.Provisioning.Allocations;

/// <summary>
/// Services and checks of provider <c>nomad</c>, of which no allocation has any: jobs that ask for that provider are refused.
/// Those of provider <c>consul</c> are in the registry, as in Nomad.
/// </summary>
internal static class ReadAllocationServices
{
    public static void Map(IRouteTable routes)
    {
        routes.Map("GET", "/v1/allocation/{allocationId}/services", AllocationRequests.OnAllocation("allocations:read"), ServicesAsync)
            .Summary("The allocation's services of provider nomad: none.")
            .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.IReadOnlyListString)
            .Problems(StatusCodes.Status404NotFound);
        routes.Map("GET", "/v1/client/allocation/{allocationId}/checks", AllocationRequests.OnAllocation("allocations:read"), ChecksAsync)
            .Summary("The checks of the allocation's services of provider nomad: none.")
            .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.IReadOnlyDictionaryStringString)
            .Problems(StatusCodes.Status404NotFound);
    }

    private static Task<IResult> ServicesAsync(ApiRequest request, CancellationToken ct) => Task.FromResult(NomadResponses.Ok(
        request, [], ProvisioningJson.Default.IReadOnlyListString, request.Allocation().CreatedAt.ToUnixTimeMilliseconds()));

    private static Task<IResult> ChecksAsync(ApiRequest request, CancellationToken ct) => Task.FromResult(NomadResponses.Ok(
        request, new Dictionary<string, string>(), ProvisioningJson.Default.IReadOnlyDictionaryStringString, request.Allocation().CreatedAt.ToUnixTimeMilliseconds()));
}
