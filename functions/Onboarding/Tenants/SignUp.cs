using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Contracts;
using Saas.Hosting.Modules;
using Saas.Identity.Access;
using Saas.Identity.Quotas;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;

namespace Saas.Onboarding.Tenants;

/// <summary>POST /v1/tenants: anyone becomes a tenant and gets its owner's key, which is shown this once.</summary>
public static class SignUp
{
    private static readonly Validator Checks = new();

    public static void Map(IRouteTable routes) =>
        routes.Map("POST", "/v1/tenants", RouteAccess.Public("Who signs up has no credential yet; limited per address."), async (request, ct) =>
            {
                var body = await request.ReadAsync(OnboardingJson.Strict.SignUpRequest, Checks, ct);
                var made = await request.Service<Handler>().HandleAsync(body, ct);
                request.ActsFor(request.Service<TenantScopes>().For(TenantId.Parse(made.Id)), made.Id, ResourceNames.Tenant);
                request.HoldsASecret();
                return Answers.Json(made, OnboardingJson.Default.SignUpResponse, StatusCodes.Status201Created);
            })
            .Summary("Signs up a tenant. The answer holds its first owner key, shown only here.")
            .Accepts(OnboardingJson.Default.SignUpRequest)
            .Produces(StatusCodes.Status201Created, OnboardingJson.Default.SignUpResponse)
            .MaxBodyBytes(BodyLimits.Small);

    /// <param name="Plan">Default <c>dev</c>.</param>
    public sealed record SignUpRequest(string Name, string Email, string? Plan = null);

    /// <param name="ProjectId">Of the project <c>default</c>, made with the tenant.</param>
    public sealed record SignUpResponse(
        string Id, string Name, string Email, string Plan, DateTimeOffset CreatedAt, string ProjectId, string ApiKey);

    public sealed class Validator : AbstractValidator<SignUpRequest>
    {
        public Validator()
        {
            RuleFor(r => r.Name).IsTitle("name");
            RuleFor(r => r.Email).IsEmail("email");
            RuleFor(r => r.Plan).IsOneOf("plan", Plans.All.Keys);
        }
    }

    public sealed class Handler(TenantFounding founding)
    {
        public async Task<SignUpResponse> HandleAsync(SignUpRequest request, CancellationToken ct)
        {
            var founded = await founding.FoundAsync(
                request.Name, Emails.Canonical(request.Email), request.Plan ?? Plans.Dev, ct);
            var tenant = founded.Tenant;
            return new SignUpResponse(
                tenant.Id, tenant.Name, tenant.Email, tenant.Plan, tenant.CreatedAt, founded.Project.Id, founded.ApiKey);
        }
    }
}
