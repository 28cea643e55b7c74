using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Identity.Projects;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Deployments;

/// <summary>A deployment is of a job: that is what access to it is decided on.</summary>
internal static class DeploymentRequests
{
    public static RouteAccess OnDeployment(string action) => RouteAccess.Requires(action, ResourceAsync);

    /// <summary>The deployment of the path, as <see cref="OnDeployment"/> found it.</summary>
    public static FoundDeployment Deployment(this ApiRequest request) => (FoundDeployment)request.Found!;

    /// <summary>Nomad's bodies name the deployment again.</summary>
    /// <exception cref="ProblemException">400: they name none, or another one.</exception>
    public static void CheckDeploymentId(this ApiRequest request, string? ofBody)
    {
        if (string.IsNullOrEmpty(ofBody))
        {
            throw new ProblemException(NomadErrors.BadRequest("DeploymentID", "DeploymentID must be specified"));
        }

        if (ofBody != request.Deployment().Record.Id)
        {
            throw new ProblemException(NomadErrors.BadRequest("DeploymentID", "Deployment ID does not match"));
        }
    }

    public static Problem Refused(string text) => Problem.Conflict("deployment-refused", text).AsRefusal();

    private static async ValueTask<string> ResourceAsync(ApiRequest request, CancellationToken ct)
    {
        await foreach (var project in ProjectSearch.InOrderAsync(request, ct))
        {
            if (await DeploymentRows.GetAsync(request.Tenant, project.Id, request.Route("deploymentId"), ct) is { } row)
            {
                request.Found = new FoundDeployment(project, row.Value);
                return ResourceNames.Job(project.Id, row.Value.JobId);
            }
        }

        // A write gets as far as Nomad's servers before anybody looks for the deployment.
        var missing = NomadErrors.NotFound("deployment");
        throw new ProblemException(HttpMethods.IsGet(request.Http.Request.Method) ? missing : missing.AsRefusal("deployment not found"));
    }
}

internal sealed record FoundDeployment(ProjectRecord Project, DeploymentRecord Record);
