using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Access;
using Saas.Identity.Keys;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Keys;

/// <summary>
/// PATCH /v1/keys/{keyId}: name and expiry. What a key may do never changes: make another. Giving a key more time is
/// giving, so the caller must have what the key has.
/// </summary>
public static class UpdateKey
{
    public static void Map(IRouteTable routes) =>
        routes.Map("PATCH", "/v1/keys/{keyId}", RouteAccess.Requires("keys:update", KeyResources.One), async (request, ct) =>
            {
                var body = await request.ReadAsync(OnboardingJson.Strict.UpdateKeyRequest, request.Service<Validator>(), ct);
                var outcome = await request.Service<Handler>().HandleAsync(
                    request.Tenant, request.Principal, request.RouteId("keyId", IdPrefixes.Key, "key"), body, ct);
                return outcome.Answer(KeyView.Of, OnboardingJson.Default.KeyView);
            })
            .Summary("Changes a key's name or expiry. Absent fields stay.")
            .Accepts(OnboardingJson.Default.UpdateKeyRequest)
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.KeyView)
            .Problems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict)
            .MaxBodyBytes(BodyLimits.Small);

    /// <param name="NeverExpires">True removes the expiry; not together with expiresAt.</param>
    public sealed record UpdateKeyRequest(string? Name = null, DateTimeOffset? ExpiresAt = null, bool NeverExpires = false);

    public sealed class Validator : AbstractValidator<UpdateKeyRequest>
    {
        public Validator(TimeProvider time)
        {
            RuleFor(r => r.Name).IsTitle("name");
            RuleFor(r => r.ExpiresAt).Must((r, at) => at is null || (at > time.GetUtcNow() && !r.NeverExpires))
                .WithMessage((_, at) => $"Expected a time in the future, and not neverExpires beside it; {at:O} came. To end a key now, delete it.")
                .OverridePropertyName("expiresAt");
        }
    }

    public sealed class Handler(TenantLedger ledger, TimeProvider time)
    {
        public Task<Outcome<ApiKeyRecord>> HandleAsync(
            TenantScope tenant, Principal caller, string keyId, UpdateKeyRequest request, CancellationToken ct) =>
            ledger.ChangeAsync<ApiKeyRecord>(
                tenant,
                async (change, token) =>
                {
                    if (await change.Rows.GetAsync(IdentityTable.Key(keyId), IdentityJson.Default.ApiKeyRecord, token) is not { } row)
                    {
                        return IdentityError.NotFound("key");
                    }

                    if (row.Value.RevokedAt is not null || row.Value.ExpiresAt <= time.GetUtcNow())
                    {
                        return new IdentityError(IdentityErrorKind.WrongState, "The key is revoked or has expired. Make another.");
                    }

                    var changed = row.Value with
                    {
                        Name = request.Name ?? row.Value.Name,
                        ExpiresAt = request.NeverExpires ? null : request.ExpiresAt?.ToUniversalTime() ?? row.Value.ExpiresAt,
                    };
                    if (changed.ExpiresAt != row.Value.ExpiresAt)
                    {
                        var held = await KeyGrants.OfAsync(change.Rows, row.Value, token) ?? [];
                        if ((Escalation.Find(caller, held) ?? Escalation.Find(caller, changed.ExpiresAt)) is { } escalation)
                        {
                            return escalation;
                        }
                    }

                    if (OwnerKeys.Change(change, row.Value, changed) is { } last)
                    {
                        return last;
                    }

                    change.Writes.Add(TableWrite.Replace(
                        row.Row, TablePartition.Bytes(changed, IdentityJson.Default.ApiKeyRecord), row.ETag));
                    return changed;
                },
                ct);
    }
}
