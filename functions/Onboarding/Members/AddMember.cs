using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Contracts;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Access;
using Saas.Identity.Members;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Members;

/// <summary>POST /v1/members: a person and their role. Keys made for the member have that role, whatever it is by then.</summary>
public static class AddMember
{
    private static readonly Validator Checks = new();

    public static void Map(IRouteTable routes) =>
        routes.Map("POST", "/v1/members", RouteAccess.Requires("members:create", MemberResources.All), async (request, ct) =>
            {
                var body = await request.ReadAsync(OnboardingJson.Strict.AddMemberRequest, Checks, ct);
                var outcome = await request.Service<Handler>().HandleAsync(request.Tenant, request.Principal, body, ct);
                return outcome.Answer(MemberView.Of, OnboardingJson.Default.MemberView, StatusCodes.Status201Created);
            })
            .Summary("Adds a member. Nobody can give a role that allows more than their own credential.")
            .Accepts(OnboardingJson.Default.AddMemberRequest)
            .Produces(StatusCodes.Status201Created, OnboardingJson.Default.MemberView)
            .Problems(StatusCodes.Status409Conflict)
            .MaxBodyBytes(BodyLimits.Small);

    /// <param name="Role">owner, operator, developer or auditor.</param>
    public sealed record AddMemberRequest(string Email, string Name, string Role);

    public sealed class Validator : AbstractValidator<AddMemberRequest>
    {
        public Validator()
        {
            RuleFor(r => r.Email).IsEmail("email");
            RuleFor(r => r.Name).IsTitle("name");
            RuleFor(r => r.Role).IsOneOf("role", BuiltInPolicies.Roles.Keys);
        }
    }

    public sealed class Handler(TenantLedger ledger, TimeProvider time)
    {
        public Task<Outcome<MemberRecord>> HandleAsync(
            TenantScope tenant, Principal caller, AddMemberRequest request, CancellationToken ct) =>
            ledger.ChangeAsync<MemberRecord>(
                tenant,
                async (change, token) =>
                {
                    if (Escalation.Find(caller, [BuiltInPolicies.Roles[request.Role]]) is { } escalation)
                    {
                        return escalation;
                    }

                    var email = Emails.Canonical(request.Email);
                    if (await change.Rows.GetAsync(IdentityTable.MemberEmail(email), token) is not null)
                    {
                        return IdentityError.NameTaken("member", email);
                    }

                    if (change.Take(QuotaKind.Members) is { } exceeded)
                    {
                        return exceeded;
                    }

                    var member = new MemberRecord
                    {
                        Id = EntityId.New(IdPrefixes.Member, time),
                        Email = email,
                        Name = request.Name,
                        Role = request.Role,
                        CreatedAt = time.GetUtcNow(),
                    };
                    change.Writes.Add(TableWrite.Insert(
                        IdentityTable.Member(member.Id), TablePartition.Bytes(member, IdentityJson.Default.MemberRecord)));
                    change.Writes.Add(TableWrite.Insert(
                        IdentityTable.MemberEmail(email), TablePartition.Bytes(new NameRecord(member.Id), IdentityJson.Default.NameRecord)));
                    return member;
                },
                ct);
    }
}
