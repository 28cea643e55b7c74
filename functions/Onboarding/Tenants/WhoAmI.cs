using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity.Access;
using Saas.Onboarding.Api;

namespace Saas.Onboarding.Tenants;

/// <summary>GET /v1/whoami: what the credential stands for. Every principal may ask.</summary>
public static class WhoAmI
{
    public static void Map(IRouteTable routes) =>
        routes.Map("GET", "/v1/whoami", RouteAccess.Requires(BuiltInPolicies.SelfAction, BuiltInPolicies.SelfResource), (request, _) =>
                Task.FromResult(Answers.Json(Of(request.Principal), OnboardingJson.Default.WhoAmIResponse)))
            .Summary("Tenant, identity and policies of the credential.")
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.WhoAmIResponse);

    /// <param name="Kind"><c>apiKey</c> or <c>agent</c>.</param>
    /// <param name="Id">Of the key, or of the agent's node.</param>
    /// <param name="Policies">Names of what decides for it: roles and the key's own.</param>
    public sealed record WhoAmIResponse(
        string TenantId, string Kind, string Id, string Name, string Plan, IReadOnlyList<string> Policies,
        string? ProjectId, DateTimeOffset? ExpiresAt);

    private static WhoAmIResponse Of(Principal principal) => new(
        principal.Tenant.Value,
        principal.Kind == PrincipalKind.Agent ? "agent" : "apiKey",
        principal.Id,
        principal.Name,
        principal.Plan,
        [.. principal.Policies.Where(policy => policy != BuiltInPolicies.Self).Select(policy => policy.Name)],
        principal.ProjectScope,
        principal.ExpiresAt);
}
