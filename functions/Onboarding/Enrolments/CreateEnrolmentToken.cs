using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Agents;
using Saas.Onboarding.Api;
using Saas.Onboarding.Sites;
using Saas.Storage;

namespace Saas.Onboarding.Enrolments;

/// <summary>POST /v1/sites/{siteId}/enrolment-tokens: what one machine of the site enrols with, shown this once.</summary>
public static class CreateEnrolmentToken
{
    private static readonly Validator Checks = new();

    public static void Map(IRouteTable routes) =>
        routes.Map("POST", "/v1/sites/{siteId}/enrolment-tokens", RouteAccess.Requires("enrolments:create", SiteResources.One), async (request, ct) =>
            {
                var body = await request.ReadAsync(OnboardingJson.Strict.CreateEnrolmentTokenRequest, Checks, ct);
                var outcome = await request.Service<Handler>().HandleAsync(request.Tenant, request.RouteId("siteId", IdPrefixes.Site, "site"), body, ct);
                request.HoldsASecret();
                return outcome.Answer(Shown, OnboardingJson.Default.CreatedEnrolmentToken, StatusCodes.Status201Created);
            })
            .Summary("Makes a token that enrols one machine at the site. It is shown only here.")
            .Accepts(OnboardingJson.Default.CreateEnrolmentTokenRequest)
            .Produces(StatusCodes.Status201Created, OnboardingJson.Default.CreatedEnrolmentToken)
            .Problems(StatusCodes.Status404NotFound)
            .MaxBodyBytes(BodyLimits.Small);

    /// <param name="TtlSeconds">60 to 2592000 (30 days); default 3600.</param>
    public sealed record CreateEnrolmentTokenRequest(int? TtlSeconds = null);

    public sealed record CreatedEnrolmentToken(string Id, string SiteId, string Token, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

    public sealed class Validator : AbstractValidator<CreateEnrolmentTokenRequest>
    {
        private static readonly int Min = (int)IdentityLimits.MinEnrolmentTokenLifetime.TotalSeconds;
        private static readonly int Max = (int)IdentityLimits.MaxEnrolmentTokenLifetime.TotalSeconds;

        public Validator() =>
            RuleFor(r => r.TtlSeconds).Must(ttl => ttl is null || (ttl >= Min && ttl <= Max))
                .WithMessage((_, ttl) => $"Expected {Min} to {Max} seconds; {ttl} came.")
                .OverridePropertyName("ttlSeconds");
    }

    public sealed class Handler(EnrolmentTokens tokens)
    {
        public Task<Outcome<IssuedEnrolmentToken>> HandleAsync(
            TenantScope tenant, string siteId, CreateEnrolmentTokenRequest request, CancellationToken ct)
        {
            var lifetime = request.TtlSeconds is { } seconds
                ? TimeSpan.FromSeconds(seconds)
                : IdentityLimits.DefaultEnrolmentTokenLifetime;
            return tokens.IssueAsync(tenant, siteId, lifetime, ct);
        }
    }

    private static CreatedEnrolmentToken Shown(IssuedEnrolmentToken issued) => new(
        issued.Record.Id, issued.Record.SiteId, issued.Token, issued.Record.CreatedAt, issued.Record.ExpiresAt);
}
