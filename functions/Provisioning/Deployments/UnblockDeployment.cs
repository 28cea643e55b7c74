using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Hosting.Modules;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Deployments;

/// <summary>
/// Nomad's way out for a deployment that waits for those of other regions. A job here is placed in one region, so none ever
/// waits: what Nomad answers then is the whole of it.
/// </summary>
internal static class UnblockDeployment
{
    public static void Map(IRouteTable routes) =>
        DeploymentUpdates.Map(routes, "unblock", "deployments:unblock", HandleAsync, static route => route
            .Summary("Refused: no deployment is ever blocked.")
            .Accepts(ProvisioningJson.Strict.UnblockDeploymentRequest));

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.UnblockDeploymentRequest, null, ct);
        request.CheckDeploymentId(body.DeploymentID);
        return DeploymentRequests.Refused(DeploymentStatus.IsActive(request.Deployment().Record.Status)
            ? "can't unblock running deployment"
            : "can't unblock terminal deployment");
    }
}

internal sealed record UnblockDeploymentRequest : WriteRequestBody
{
    public string? DeploymentID { get; init; }
}
