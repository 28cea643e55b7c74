using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;

namespace Saas.Provisioning.Deployments;

/// <summary>What the operations that change a deployment have in common on the wire.</summary>
internal static class DeploymentUpdates
{
    /// <summary>For both methods Nomad takes.</summary>
    public static void Map(IRouteTable routes, string operation, string action, RouteHandler handler, Func<IRoute, IRoute> describe)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            describe(routes.Map(method, $"/v1/deployment/{operation}/{{deploymentId}}", DeploymentRequests.OnDeployment(action), handler))
                .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.DeploymentUpdateResponse)
                .Problems(StatusCodes.Status404NotFound);
        }
    }

    public static IResult Answer(ApiRequest request, DeploymentOutcome outcome) => outcome.Response is { } response
        ? NomadResponses.Ok(request, response, ProvisioningJson.Default.DeploymentUpdateResponse, response.Index)
        : DeploymentRequests.Refused(outcome.Error!);
}

internal sealed record DeploymentUpdateResponse
{
    /// <summary>Of the job, because of the change; empty: none.</summary>
    public required string EvalID { get; init; }

    public required long EvalCreateIndex { get; init; }
    public required long DeploymentModifyIndex { get; init; }

    /// <summary>The version that the scheduler submits again; null: none.</summary>
    public required long? RevertedJobVersion { get; init; }

    public required long Index { get; init; }
}
