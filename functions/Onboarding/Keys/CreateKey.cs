using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Access;
using Saas.Identity.Keys;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Keys;

/// <summary>
/// POST /v1/keys: an API key with a role, with policies of its own, or with the role of a member. The secret is shown
/// this once. A key cannot make a key that may do more, elsewhere or longer than itself.
/// </summary>
public static class CreateKey
{
    public static void Map(IRouteTable routes) =>
        routes.Map("POST", "/v1/keys", RouteAccess.Requires("keys:create", KeyResources.All), async (request, ct) =>
            {
                var body = await request.ReadAsync(OnboardingJson.Strict.CreateKeyRequest, request.Service<Validator>(), ct);
                var outcome = await request.Service<Handler>().HandleAsync(request.Tenant, request.Principal, body, ct);
                request.HoldsASecret();
                return outcome.Answer(
                    issued => new CreatedKey(issued.Secret, KeyView.Of(issued.Record)),
                    OnboardingJson.Default.CreatedKey,
                    StatusCodes.Status201Created);
            })
            .Summary("Makes an API key. Its secret is shown only here.")
            .Accepts(OnboardingJson.Default.CreateKeyRequest)
            .Produces(StatusCodes.Status201Created, OnboardingJson.Default.CreatedKey)
            .Problems(StatusCodes.Status404NotFound)
            .MaxBodyBytes(BodyLimits.Policies);

    /// <summary>Exactly one of role, policies and memberId.</summary>
    /// <param name="ProjectId">The only project the key may see; absent: all.</param>
    public sealed record CreateKeyRequest(
        string Name,
        string? Role = null,
        IReadOnlyList<PolicyDocument>? Policies = null,
        string? MemberId = null,
        string? ProjectId = null,
        DateTimeOffset? ExpiresAt = null);

    /// <param name="ApiKey">The secret.</param>
    public sealed record CreatedKey(string ApiKey, KeyView Key);

    public sealed class Validator : AbstractValidator<CreateKeyRequest>
    {
        public Validator(TimeProvider time)
        {
            RuleFor(r => r.Name).IsTitle("name");
            RuleFor(r => r.Role).IsOneOf("role", BuiltInPolicies.Roles.Keys);
            RuleFor(r => r.MemberId).IsId("memberId", IdPrefixes.Member);
            RuleFor(r => r.ProjectId).IsId("projectId", IdPrefixes.Project);
            RuleFor(r => r.ExpiresAt).Must(at => at is null || at > time.GetUtcNow())
                .WithMessage((_, at) => $"Expected a time in the future; {at:O} came.")
                .OverridePropertyName("expiresAt");
            RuleFor(r => r)
                .Must(r => (r.Role is null ? 0 : 1) + (r.Policies is null ? 0 : 1) + (r.MemberId is null ? 0 : 1) == 1)
                .WithMessage("Expected exactly one of role, policies and memberId.")
                .OverridePropertyName("role");
            RuleFor(r => r.Policies).Must(p => p is null || p.Count is >= 1 and <= IdentityLimits.MaxPolicies)
                .WithMessage((_, p) => $"Expected 1 to {IdentityLimits.MaxPolicies} policies; {p!.Count} came.")
                .OverridePropertyName("policies");
            RuleFor(r => r.Policies).Must(p => p is null || p.All(policy => policy is not null))
                .WithMessage("Expected policies; null came.")
                .OverridePropertyName("policies");
            RuleForEach(r => r.Policies).SetValidator(new PolicyRules()).OverridePropertyName("policies");
        }
    }

    public sealed class Handler(TenantLedger ledger, TimeProvider time)
    {
        public Task<Outcome<IssuedApiKey>> HandleAsync(
            TenantScope tenant, Principal caller, CreateKeyRequest request, CancellationToken ct) =>
            ledger.ChangeAsync<IssuedApiKey>(
                tenant,
                async (change, token) =>
                {
                    var granted = await KeyGrants.OfAsync(
                        change.Rows, request.Role, request.Policies?.Select(p => p.ToPolicy()).ToArray(), request.MemberId, token);
                    if (granted is null)
                    {
                        return IdentityError.NotFound("member");
                    }

                    if (request.ProjectId is { } project && await change.Rows.GetAsync(IdentityTable.Project(project), token) is null)
                    {
                        return IdentityError.NotFound("project");
                    }

                    if ((Escalation.Find(caller, granted) ?? Escalation.Find(caller, request.ExpiresAt)) is { } escalation)
                    {
                        return escalation;
                    }

                    await KeySweep.RunAsync(change, time.GetUtcNow(), token);
                    if (change.Take(QuotaKind.Keys) is { } exceeded)
                    {
                        return exceeded;
                    }

                    var issued = ApiKeys.Mint(tenant.Tenant, request.Name, time, blank => blank with
                    {
                        Role = request.Role,
                        Policies = request.Policies?.Select(p => p.ToPolicy()).ToArray(),
                        MemberId = request.MemberId,
                        ProjectId = request.ProjectId,
                        ExpiresAt = request.ExpiresAt?.ToUniversalTime(),
                        CreatedBy = caller.Id,
                    });
                    change.Tenant = change.Tenant with { OwnerKeys = change.Tenant.OwnerKeys + (issued.Record.KeepsOwnership ? 1 : 0) };
                    change.Writes.Add(TableWrite.Insert(
                        IdentityTable.Key(issued.Record.Id), TablePartition.Bytes(issued.Record, IdentityJson.Default.ApiKeyRecord)));
                    return issued;
                },
                ct);
    }
}
