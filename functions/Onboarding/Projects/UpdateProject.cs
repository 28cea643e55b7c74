using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Projects;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Projects;

/// <summary>PATCH /v1/projects/{projectId}: its description. The name stays, because clients know the project by it.</summary>
public static class UpdateProject
{
    private static readonly Validator Checks = new();

    public static void Map(IRouteTable routes) =>
        routes.Map("PATCH", "/v1/projects/{projectId}", RouteAccess.Requires("projects:update", ProjectResources.One), async (request, ct) =>
            {
                var body = await request.ReadAsync(OnboardingJson.Strict.UpdateProjectRequest, Checks, ct);
                var outcome = await request.Service<Handler>().HandleAsync(request.Tenant, request.RouteId("projectId", IdPrefixes.Project, "project"), body, ct);
                return outcome.Answer(ProjectView.Of, OnboardingJson.Default.ProjectView);
            })
            .Summary("Changes the project's description.")
            .Accepts(OnboardingJson.Default.UpdateProjectRequest)
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.ProjectView)
            .Problems(StatusCodes.Status404NotFound)
            .MaxBodyBytes(BodyLimits.Small);

    public sealed record UpdateProjectRequest(string Description);

    public sealed class Validator : AbstractValidator<UpdateProjectRequest>
    {
        public Validator() => RuleFor(r => r.Description).IsDescription("description");
    }

    public sealed class Handler(TenantLedger ledger)
    {
        public Task<Outcome<ProjectRecord>> HandleAsync(
            TenantScope tenant, string projectId, UpdateProjectRequest request, CancellationToken ct) =>
            ledger.ChangeAsync<ProjectRecord>(
                tenant,
                async (change, token) =>
                {
                    if (await change.Rows.GetAsync(IdentityTable.Project(projectId), IdentityJson.Default.ProjectRecord, token) is not { } project)
                    {
                        return IdentityError.NotFound("project");
                    }

                    var changed = project.Value with { Description = request.Description };
                    change.ConcernsAccess = false;
                    change.Writes.Add(TableWrite.Replace(
                        project.Row, TablePartition.Bytes(changed, IdentityJson.Default.ProjectRecord), project.ETag));
                    return changed;
                },
                ct);
    }
}
