using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Contracts;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Access;
using Saas.Identity.Projects;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Projects;

/// <summary>POST /v1/projects. The name is free in the tenant, and is what job submissions call it by.</summary>
public static class CreateProject
{
    private static readonly Validator Checks = new();

    public static void Map(IRouteTable routes) =>
        routes.Map("POST", "/v1/projects", RouteAccess.Requires("projects:create", ResourceNames.Project("*")), async (request, ct) =>
            {
                var body = await request.ReadAsync(OnboardingJson.Strict.CreateProjectRequest, Checks, ct);
                var outcome = await request.Service<Handler>().HandleAsync(request.Tenant, body, ct);
                return outcome.Answer(ProjectView.Of, OnboardingJson.Default.ProjectView, StatusCodes.Status201Created);
            })
            .Summary("Makes a project.")
            .Accepts(OnboardingJson.Default.CreateProjectRequest)
            .Produces(StatusCodes.Status201Created, OnboardingJson.Default.ProjectView)
            .Problems(StatusCodes.Status409Conflict)
            .MaxBodyBytes(BodyLimits.Small);

    public sealed record CreateProjectRequest(string Name, string? Description = null);

    public sealed class Validator : AbstractValidator<CreateProjectRequest>
    {
        public Validator()
        {
            RuleFor(r => r.Name).IsSlug("name");
            RuleFor(r => r.Description).IsDescription("description");
        }
    }

    public sealed class Handler(TenantLedger ledger, TimeProvider time)
    {
        public Task<Outcome<ProjectRecord>> HandleAsync(TenantScope tenant, CreateProjectRequest request, CancellationToken ct) =>
            ledger.ChangeAsync<ProjectRecord>(
                tenant,
                async (change, token) =>
                {
                    if (await change.Rows.GetAsync(IdentityTable.ProjectName(request.Name), token) is not null)
                    {
                        return IdentityError.NameTaken("project", request.Name);
                    }

                    if (change.Take(QuotaKind.Projects) is { } exceeded)
                    {
                        return exceeded;
                    }

                    var project = new ProjectRecord
                    {
                        Id = EntityId.New(IdPrefixes.Project, time),
                        Name = request.Name,
                        Description = request.Description ?? "",
                        CreatedAt = time.GetUtcNow(),
                    };
                    change.ConcernsAccess = false;
                    change.Writes.Add(TableWrite.Insert(
                        IdentityTable.Project(project.Id), TablePartition.Bytes(project, IdentityJson.Default.ProjectRecord)));
                    change.Writes.Add(TableWrite.Insert(
                        IdentityTable.ProjectName(project.Name), TablePartition.Bytes(new NameRecord(project.Id), IdentityJson.Default.NameRecord)));
                    return project;
                },
                ct);
    }
}
