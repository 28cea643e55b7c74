using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Access;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;

namespace Saas.Onboarding.Tenants;

/// <summary>
/// DELETE /v1/tenant: at once nothing works any more but reading the tenant and taking it back; after the grace period
/// everything is removed (<see cref="PurgeTenants"/>).
/// </summary>
public static class DeleteTenant
{
    public static void Map(IRouteTable routes) =>
        routes.Map("DELETE", "/v1/tenant", RouteAccess.Requires("tenant:delete", ResourceNames.Tenant), async (request, ct) =>
            {
                var outcome = await request.Service<Handler>().HandleAsync(request.Tenant, ct);
                return outcome.Answer(TenantView.Of, OnboardingJson.Default.TenantView, StatusCodes.Status202Accepted);
            })
            .Summary("Deletes the tenant after a grace period, during which POST /v1/tenant/restore takes it back.")
            .Produces(StatusCodes.Status202Accepted, OnboardingJson.Default.TenantView);

    public sealed class Handler(TenantRemoval removal, OnboardingOptions options)
    {
        public Task<Outcome<TenantRecord>> HandleAsync(TenantScope tenant, CancellationToken ct) =>
            removal.BeginAsync(tenant, options.DeletionGrace, ct);
    }
}

/// <summary>POST /v1/tenant/restore: takes the deletion back while there is time.</summary>
public static class RestoreTenant
{
    public static void Map(IRouteTable routes) =>
        routes.Map("POST", "/v1/tenant/restore", RouteAccess.Requires(BuiltInPolicies.RestoreAction, ResourceNames.Tenant), async (request, ct) =>
            {
                var outcome = await request.Service<TenantRemoval>().TakeBackAsync(request.Tenant, ct);
                return outcome.Answer(TenantView.Of, OnboardingJson.Default.TenantView);
            })
            .Summary("Takes back the tenant's deletion. Does nothing to a tenant that is not being deleted.")
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.TenantView);
}
