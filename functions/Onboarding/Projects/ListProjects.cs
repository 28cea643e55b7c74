using Microsoft.AspNetCore.Http;
using Saas.Contracts;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;

namespace Saas.Onboarding.Projects;

/// <summary>GET /v1/projects, and GET /v1/projects/{projectId}. A key confined to a project sees only that.</summary>
public static class ListProjects
{
    public static void Map(IRouteTable routes)
    {
        routes.Map("GET", "/v1/projects", RouteAccess.Requires("projects:list", ProjectResources.Own), async (request, ct) =>
            {
                var paging = Paging.Of(request, IdPrefixes.Project);
                var page = request.Principal.ProjectScope is { } only
                    ? await OnlyAsync(request.Tenant, only, ct)
                    : await paging.ReadAsync(
                        request.Tenant.IdentityRows(), IdentityTable.ProjectPrefix, IdentityJson.Default.ProjectRecord, p => p.Id, ProjectView.Of, null, ct);
                return Answers.Json(page, OnboardingJson.Default.PageProjectView);
            })
            .Summary("The tenant's projects, oldest first; limit and after page.")
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.PageProjectView);

        routes.Map("GET", "/v1/projects/{projectId}", RouteAccess.Requires("projects:read", ProjectResources.One), async (request, ct) =>
                // By id alone: policies name projects by id, and a name would pass them by.
                EntityId.IsValid(IdPrefixes.Project, request.Route("projectId"))
                    && await request.Tenant.FindProjectAsync(request.Route("projectId"), ct) is { } project
                    ? Answers.Json(ProjectView.Of(project), OnboardingJson.Default.ProjectView)
                    : Problem.NotFound("project"))
            .Summary("One project, by id.")
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.ProjectView)
            .Problems(StatusCodes.Status404NotFound);
    }

    private static async Task<Page<ProjectView>> OnlyAsync(TenantScope tenant, string projectId, CancellationToken ct) =>
        new(await tenant.FindProjectAsync(projectId, ct) is { } project ? [ProjectView.Of(project)] : [], null);
}
