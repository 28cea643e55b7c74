using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;

namespace Saas.Onboarding.Tenants;

/// <summary>GET /v1/tenant: the caller's own, with how much of its quotas is used.</summary>
public static class GetTenant
{
    public static void Map(IRouteTable routes) =>
        routes.Map("GET", "/v1/tenant", RouteAccess.Requires("tenant:read", ResourceNames.Tenant), async (request, ct) =>
                await request.Tenant.FindTenantAsync(ct) is { } tenant
                    ? Answers.Json(TenantView.Of(tenant), OnboardingJson.Default.TenantView)
                    : Problem.NotFound("tenant"))
            .Summary("The caller's tenant: status, plan and quotas.")
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.TenantView);
}
