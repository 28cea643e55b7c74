using Saas.Contracts;
using Saas.Identity.Credentials;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Sites;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Identity.Agents;

/// <summary>The token as it is shown once, and what was stored of it.</summary>
public sealed record IssuedEnrolmentToken(EnrolmentTokenRecord Record, string Token);

/// <summary>A site's enrolment tokens.</summary>
public sealed class EnrolmentTokens(TenantLedger ledger, TimeProvider time)
{
    /// <summary>A used token is kept this long after its expiry, so that a late repetition gets the same node.</summary>
    private static readonly TimeSpan KeptAfterExpiry = TimeSpan.FromDays(1);

    private const int MaxSwept = 80;

    public Task<Outcome<IssuedEnrolmentToken>> IssueAsync(
        TenantScope scope, string siteId, TimeSpan lifetime, CancellationToken ct) =>
        ledger.ChangeAsync<IssuedEnrolmentToken>(
            scope,
            async (change, token) =>
            {
                if (await change.Rows.GetAsync(IdentityTable.Site(siteId), token) is null)
                {
                    return IdentityError.NotFound("site");
                }

                var now = time.GetUtcNow();
                await SweepAsync(change, now, token);
                if (change.Take(QuotaKind.EnrolmentTokens) is { } exceeded)
                {
                    return exceeded;
                }

                var id = EntityId.New(IdPrefixes.EnrolmentToken, time);
                var secret = CredentialText.Mint(CredentialKind.EnrolmentToken, scope.Tenant, id);
                var record = new EnrolmentTokenRecord
                {
                    Id = id,
                    SiteId = siteId,
                    Hash = CredentialText.Hash(secret),
                    CreatedAt = now,
                    ExpiresAt = now + lifetime,
                };
                change.Writes.Add(TableWrite.Insert(
                    IdentityTable.EnrolmentToken(id), TablePartition.Bytes(record, IdentityJson.Default.EnrolmentTokenRecord)));
                return new IssuedEnrolmentToken(record, secret);
            },
            ct);

    /// <summary>Takes the token back. What it bought stays.</summary>
    public Task<Outcome<EnrolmentTokenRecord>> RevokeAsync(TenantScope scope, string siteId, string tokenId, CancellationToken ct) =>
        ledger.ChangeAsync<EnrolmentTokenRecord>(
            scope,
            async (change, token) =>
            {
                var row = await change.Rows.GetAsync(
                    IdentityTable.EnrolmentToken(tokenId), IdentityJson.Default.EnrolmentTokenRecord, token);
                if (row is null || row.Value.SiteId != siteId)
                {
                    return IdentityError.NotFound("enrolment token");
                }

                change.Writes.Add(TableWrite.Delete(row.Row, row.ETag));
                if (row.Value.UsedAt is null)
                {
                    change.Return(QuotaKind.EnrolmentTokens);
                }

                return row.Value;
            },
            ct);

    /// <summary>Removes what is of no use any more, a batch's worth at a time: unused expired tokens held a place.</summary>
    private static async Task SweepAsync(TenantChange change, DateTimeOffset now, CancellationToken ct)
    {
        var range = RowRange.Prefix(IdentityTable.EnrolmentTokenPrefix);
        await foreach (var row in change.Rows.ReadAllAsync(range, IdentityJson.Default.EnrolmentTokenRecord, ct))
        {
            var (token, unused) = (row.Value, row.Value.UsedAt is null);
            if (unused ? token.ExpiresAt > now : token.ExpiresAt + KeptAfterExpiry > now)
            {
                continue;
            }

            change.Writes.Add(TableWrite.Delete(row.Row, row.ETag));
            change.Return(QuotaKind.EnrolmentTokens, unused ? 1 : 0);
            if (change.Writes.Count == MaxSwept)
            {
                return;
            }
        }
    }
}
