using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Access;
using Saas.Identity.Members;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Members;

/// <summary>PATCH /v1/members/{memberId}: name and role. The member's keys follow at once.</summary>
public static class UpdateMember
{
    private static readonly Validator Checks = new();

    public static void Map(IRouteTable routes) =>
        routes.Map("PATCH", "/v1/members/{memberId}", RouteAccess.Requires("members:update", MemberResources.One), async (request, ct) =>
            {
                var body = await request.ReadAsync(OnboardingJson.Strict.UpdateMemberRequest, Checks, ct);
                var outcome = await request.Service<Handler>().HandleAsync(
                    request.Tenant, request.Principal, request.RouteId("memberId", IdPrefixes.Member, "member"), body, ct);
                return outcome.Answer(MemberView.Of, OnboardingJson.Default.MemberView);
            })
            .Summary("Changes a member's name or role. Absent fields stay.")
            .Accepts(OnboardingJson.Default.UpdateMemberRequest)
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.MemberView)
            .Problems(StatusCodes.Status404NotFound)
            .MaxBodyBytes(BodyLimits.Small);

    public sealed record UpdateMemberRequest(string? Name = null, string? Role = null);

    public sealed class Validator : AbstractValidator<UpdateMemberRequest>
    {
        public Validator()
        {
            RuleFor(r => r.Name).IsTitle("name");
            RuleFor(r => r.Role).IsOneOf("role", BuiltInPolicies.Roles.Keys);
        }
    }

    public sealed class Handler(TenantLedger ledger)
    {
        public Task<Outcome<MemberRecord>> HandleAsync(
            TenantScope tenant, Principal caller, string memberId, UpdateMemberRequest request, CancellationToken ct) =>
            ledger.ChangeAsync<MemberRecord>(
                tenant,
                async (change, token) =>
                {
                    if (await change.Rows.GetAsync(IdentityTable.Member(memberId), IdentityJson.Default.MemberRecord, token) is not { } member)
                    {
                        return IdentityError.NotFound("member");
                    }

                    if (request.Role is { } role && Escalation.Find(caller, [BuiltInPolicies.Roles[role]]) is { } escalation)
                    {
                        return escalation;
                    }

                    var changed = member.Value with { Name = request.Name ?? member.Value.Name, Role = request.Role ?? member.Value.Role };
                    change.Writes.Add(TableWrite.Replace(
                        member.Row, TablePartition.Bytes(changed, IdentityJson.Default.MemberRecord), member.ETag));
                    return changed;
                },
                ct);
    }
}
