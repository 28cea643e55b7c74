using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Keys;
using Saas.Identity.Members;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Members;

/// <summary>
/// DELETE /v1/members/{memberId}. With the member's row gone the member's keys are refused at once; revoking them one by
/// one afterwards only gives their places back.
/// </summary>
public static class RemoveMember
{
    public static void Map(IRouteTable routes) =>
        routes.Map("DELETE", "/v1/members/{memberId}", RouteAccess.Requires("members:delete", MemberResources.One), async (request, ct) =>
            {
                var outcome = await request.Service<Handler>().HandleAsync(
                    request.Tenant, request.RouteId("memberId", IdPrefixes.Member, "member"), ct);
                return outcome.AnswerEmpty();
            })
            .Summary("Removes a member and revokes the member's keys.")
            .Produces(StatusCodes.Status204NoContent)
            .Problems(StatusCodes.Status404NotFound);

    public sealed class Handler(TenantLedger ledger, KeyRevocation keys)
    {
        public async Task<Outcome<MemberRecord>> HandleAsync(TenantScope tenant, string memberId, CancellationToken ct)
        {
            var removed = await RemoveAsync(tenant, memberId, ct);
            if (removed.IsDone)
            {
                var range = RowRange.Prefix(IdentityTable.KeyPrefix);
                await foreach (var key in tenant.IdentityRows().ReadAllAsync(range, IdentityJson.Default.ApiKeyRecord, ct))
                {
                    if (key.Value.MemberId == memberId && key.Value.RevokedAt is null)
                    {
                        await keys.RevokeAsync(tenant, key.Value.Id, ct);
                    }
                }
            }

            return removed;
        }

        private Task<Outcome<MemberRecord>> RemoveAsync(TenantScope tenant, string memberId, CancellationToken ct) =>
            ledger.ChangeAsync<MemberRecord>(
                tenant,
                async (change, token) =>
                {
                    if (await change.Rows.GetAsync(IdentityTable.Member(memberId), IdentityJson.Default.MemberRecord, token) is not { } member)
                    {
                        return IdentityError.NotFound("member");
                    }

                    change.Writes.Add(TableWrite.Delete(member.Row, member.ETag));
                    change.Writes.Add(TableWrite.Delete(IdentityTable.MemberEmail(member.Value.Email)));
                    change.Return(QuotaKind.Members);
                    return member.Value;
                },
                ct);
    }
}
