using System.Security.Cryptography;
using System.Text;
using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Contracts;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity;
using Saas.Identity.Access;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;

namespace Saas.Onboarding.Tenants;

/// <summary>
/// POST /v1/operator/tenants/{tenantId}/suspend and /resume: the platform's operators stop a tenant's credentials and let
/// them work again. Operators belong to no tenant, so their key is compared here and not by the authenticator.
/// </summary>
public static class SuspendTenant
{
    private const string Reason = "Authenticated in the handler: the operators' key is of no tenant.";

    private static readonly Validator Checks = new();

    public static void Map(IRouteTable routes)
    {
        routes.Map("POST", "/v1/operator/tenants/{tenantId}/suspend", RouteAccess.Public(Reason), async (request, ct) =>
            {
                var tenant = request.Service<OperatorKey>().RequireFor(request);
                var body = await request.ReadAsync(OnboardingJson.Strict.SuspendRequest, Checks, ct);
                var outcome = await request.Service<Handler>().SuspendAsync(tenant, body, ct);
                Enter(request, tenant, outcome);
                return outcome.Answer(TenantView.Of, OnboardingJson.Default.TenantView);
            })
            .Summary("For the platform's operators: no credential of the tenant works until it is resumed.")
            .Accepts(OnboardingJson.Default.SuspendRequest)
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.TenantView)
            .Problems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict)
            .MaxBodyBytes(BodyLimits.Small);

        routes.Map("POST", "/v1/operator/tenants/{tenantId}/resume", RouteAccess.Public(Reason), async (request, ct) =>
            {
                var tenant = request.Service<OperatorKey>().RequireFor(request);
                var outcome = await request.Service<Handler>().ResumeAsync(tenant, ct);
                Enter(request, tenant, outcome);
                return outcome.Answer(TenantView.Of, OnboardingJson.Default.TenantView);
            })
            .Summary("For the platform's operators: ends a suspension.")
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.TenantView)
            .Problems(StatusCodes.Status404NotFound);
    }

    /// <summary>Operators' doings are in the tenant's own log, for the tenant to read. A tenant there is not has none.</summary>
    private static void Enter(ApiRequest request, TenantScope tenant, Outcome<TenantRecord> outcome)
    {
        if (outcome.Error?.Kind != IdentityErrorKind.NotFound)
        {
            request.ActsFor(tenant, "operator", ResourceNames.Tenant);
        }
    }

    public sealed record SuspendRequest(string Reason);

    public sealed class Validator : AbstractValidator<SuspendRequest>
    {
        public Validator() => RuleFor(r => r.Reason).IsDescription("reason");
    }

    public sealed class Handler(TenantLedger ledger)
    {
        public Task<Outcome<TenantRecord>> SuspendAsync(TenantScope tenant, SuspendRequest request, CancellationToken ct) =>
            ledger.ChangeAsync<TenantRecord>(
                tenant,
                (change, _) =>
                {
                    if (change.Tenant.Status == TenantStatus.Deleting)
                    {
                        return ValueTask.FromResult<Outcome<TenantRecord>>(
                            new IdentityError(IdentityErrorKind.WrongState, "The tenant is being deleted: its credentials do not work anyway."));
                    }

                    change.Tenant = change.Tenant with { Status = TenantStatus.Suspended, SuspendedReason = request.Reason };
                    return ValueTask.FromResult<Outcome<TenantRecord>>(change.Tenant);
                },
                ct);

        public Task<Outcome<TenantRecord>> ResumeAsync(TenantScope tenant, CancellationToken ct) =>
            ledger.ChangeAsync<TenantRecord>(
                tenant,
                (change, _) =>
                {
                    if (change.Tenant.Status == TenantStatus.Suspended)
                    {
                        change.Tenant = change.Tenant with { Status = TenantStatus.Active, SuspendedReason = null };
                    }

                    return ValueTask.FromResult<Outcome<TenantRecord>>(change.Tenant);
                },
                ct);
    }
}

/// <summary>The key of the platform's operators, from the configuration.</summary>
public sealed class OperatorKey(OnboardingOptions options, TenantScopes scopes)
{
    private const string Scheme = "Bearer ";

    /// <summary>The tenant of the route.</summary>
    /// <exception cref="ProblemException">401 without the key, also when none is configured; 404 if the id is none.</exception>
    public TenantScope RequireFor(ApiRequest request)
    {
        var header = request.Http.Request.Headers.Authorization.ToString();
        var key = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        if (options.OperatorKeyHash is not { } expected || !CryptographicOperations.FixedTimeEquals(hash, expected))
        {
            throw new ProblemException(Problem.Of(
                "unauthenticated", "A credential is required.", StatusCodes.Status401Unauthorized, "This takes the key of the platform's operators."));
        }

        return TenantId.TryParse(request.Route("tenantId"), out var tenant)
            ? scopes.For(tenant)
            : throw new ProblemException(Problem.NotFound("tenant"));
    }
}
