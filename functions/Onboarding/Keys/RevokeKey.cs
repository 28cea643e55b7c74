using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Keys;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Keys;

/// <summary>
/// DELETE /v1/keys/{keyId}: the key is refused from now on in this process, and within five seconds in every other.
/// Repeating is harmless.
/// </summary>
public static class RevokeKey
{
    public static void Map(IRouteTable routes) =>
        routes.Map("DELETE", "/v1/keys/{keyId}", RouteAccess.Requires("keys:revoke", KeyResources.One), async (request, ct) =>
            {
                var outcome = await request.Service<Handler>().HandleAsync(
                    request.Tenant, request.RouteId("keyId", IdPrefixes.Key, "key"), ct);
                return outcome.AnswerEmpty();
            })
            .Summary("Revokes a key at once. The last owner key cannot be revoked.")
            .Produces(StatusCodes.Status204NoContent)
            .Problems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);

    public sealed class Handler(TenantLedger ledger, TimeProvider time)
    {
        public Task<Outcome<ApiKeyRecord>> HandleAsync(TenantScope tenant, string keyId, CancellationToken ct) =>
            ledger.ChangeAsync<ApiKeyRecord>(
                tenant,
                async (change, token) =>
                {
                    if (await change.Rows.GetAsync(IdentityTable.Key(keyId), IdentityJson.Default.ApiKeyRecord, token) is not { } row)
                    {
                        return IdentityError.NotFound("key");
                    }

                    if (row.Value.RevokedAt is not null)
                    {
                        return row.Value;
                    }

                    var revoked = row.Value with { RevokedAt = time.GetUtcNow() };
                    if (OwnerKeys.Change(change, row.Value, revoked) is { } last)
                    {
                        return last;
                    }

                    change.Return(QuotaKind.Keys);
                    change.Writes.Add(TableWrite.Replace(
                        row.Row, TablePartition.Bytes(revoked, IdentityJson.Default.ApiKeyRecord), row.ETag));
                    return revoked;
                },
                ct);
    }
}
