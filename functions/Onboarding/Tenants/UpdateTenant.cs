using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Access;
using Saas.Identity.Quotas;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;

namespace Saas.Onboarding.Tenants;

/// <summary>PATCH /v1/tenant: name, address and plan. A plan is refused that allows less than there is.</summary>
public static class UpdateTenant
{
    private static readonly Validator Checks = new();

    public static void Map(IRouteTable routes) =>
        routes.Map("PATCH", "/v1/tenant", RouteAccess.Requires("tenant:update", ResourceNames.Tenant), async (request, ct) =>
            {
                var body = await request.ReadAsync(OnboardingJson.Strict.UpdateTenantRequest, Checks, ct);
                var outcome = await request.Service<Handler>().HandleAsync(request.Tenant, body, ct);
                return outcome.Answer(TenantView.Of, OnboardingJson.Default.TenantView);
            })
            .Summary("Changes the tenant's name, e-mail address or plan. Absent fields stay.")
            .Accepts(OnboardingJson.Default.UpdateTenantRequest)
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.TenantView)
            .MaxBodyBytes(BodyLimits.Small);

    public sealed record UpdateTenantRequest(string? Name = null, string? Email = null, string? Plan = null);

    public sealed class Validator : AbstractValidator<UpdateTenantRequest>
    {
        public Validator()
        {
            RuleFor(r => r.Name).IsTitle("name");
            RuleFor(r => r.Email).IsEmail("email");
            RuleFor(r => r.Plan).IsOneOf("plan", Plans.All.Keys);
        }
    }

    public sealed class Handler(TenantLedger ledger)
    {
        public Task<Outcome<TenantRecord>> HandleAsync(TenantScope tenant, UpdateTenantRequest request, CancellationToken ct) =>
            ledger.ChangeAsync<TenantRecord>(
                tenant,
                (change, _) =>
                {
                    var plan = request.Plan ?? change.Tenant.Plan;
                    if (FirstExceeded(change.Tenant, Plans.Get(plan)) is { } exceeded && plan != change.Tenant.Plan)
                    {
                        return ValueTask.FromResult<Outcome<TenantRecord>>(exceeded);
                    }

                    change.Tenant = change.Tenant with
                    {
                        Name = request.Name ?? change.Tenant.Name,
                        Email = request.Email is null ? change.Tenant.Email : Emails.Canonical(request.Email),
                        Plan = plan,
                    };
                    return ValueTask.FromResult<Outcome<TenantRecord>>(change.Tenant);
                },
                ct);

        private static QuotaExceeded? FirstExceeded(TenantRecord tenant, Plan plan) =>
            plan.Limits.Where(limit => tenant.Used(limit.Key) > limit.Value)
                .Select(limit => new QuotaExceeded(limit.Key, limit.Value, tenant.Used(limit.Key)))
                .FirstOrDefault();
    }
}
