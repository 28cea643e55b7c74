using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Identity.Keys;

/// <summary>
/// Takes a key back: it is refused from now on in this process, and within five seconds in every other, and so are the
/// tokens made by it.
/// </summary>
public sealed class KeyRevocation(TenantLedger ledger, TimeProvider time)
{
    /// <summary>Repeating is harmless.</summary>
    /// <returns>The revoked key; NotFound, or LastOwner for the last owner key, which stays.</returns>
    public Task<Outcome<ApiKeyRecord>> RevokeAsync(TenantScope tenant, string keyId, CancellationToken ct) =>
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
