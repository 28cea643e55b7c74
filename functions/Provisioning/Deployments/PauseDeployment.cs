using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Hosting.Modules;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Deployments;

/// <summary>Stops a roll-out where it is, and lets it go on. What runs is kept up meanwhile.</summary>
internal static class PauseDeployment
{
    public static void Map(IRouteTable routes) =>
        DeploymentUpdates.Map(routes, "pause", "deployments:pause", HandleAsync, static route => route
            .Summary("Pauses a deployment, or lets it go on.")
            .Accepts(ProvisioningJson.Strict.PauseDeploymentRequest));

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.PauseDeploymentRequest, null, ct);
        request.CheckDeploymentId(body.DeploymentID);
        var outcome = await request.Service<PauseDeploymentHandler>().HandleAsync(request.Tenant, request.Deployment().Record, body.Pause, ct);
        return DeploymentUpdates.Answer(request, outcome);
    }
}

internal sealed record PauseDeploymentRequest : WriteRequestBody
{
    public string? DeploymentID { get; init; }

    /// <summary>False: it goes on.</summary>
    public bool Pause { get; init; }
}

internal sealed class PauseDeploymentHandler(DeploymentChanges changes)
{
    /// <summary>Repeating it changes nothing. Only one that goes on has anything placed for it, and so an evaluation.</summary>
    public Task<DeploymentOutcome> HandleAsync(TenantScope tenant, DeploymentRecord deployment, bool pause, CancellationToken ct) =>
        changes.ChangeAsync(
            tenant, deployment,
            (present, _) => ValueTask.FromResult(!DeploymentStatus.IsActive(present.Status)
                ? DeploymentChange.Refused(pause ? "can't pause terminal deployment" : "can't resume terminal deployment")
                : DeploymentChange.To(Set(present, pause)) with { Evaluates = !pause }),
            ct);

    private static DeploymentRecord Set(DeploymentRecord present, bool pause) => (pause, present.Status) switch
    {
        (true, DeploymentStatus.Running) => present with { Status = DeploymentStatus.Paused, StatusDescription = "Deployment is paused" },
        (false, DeploymentStatus.Paused) => present with { Status = DeploymentStatus.Running, StatusDescription = "Deployment is running" },
        _ => present,
    };
}
