using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity;
using Saas.Identity.Rows;
using Saas.Onboarding.Api;

namespace Saas.Onboarding.Members;

/// <summary>GET /v1/members, and GET /v1/members/{memberId}.</summary>
public static class ListMembers
{
    public static void Map(IRouteTable routes)
    {
        routes.Map("GET", "/v1/members", RouteAccess.Requires("members:list", MemberResources.All), async (request, ct) =>
            {
                var page = await Paging.Of(request, IdPrefixes.Member).ReadAsync(
                    request.Tenant.IdentityRows(), IdentityTable.MemberPrefix, IdentityJson.Default.MemberRecord, m => m.Id, MemberView.Of, null, ct);
                return Answers.Json(page, OnboardingJson.Default.PageMemberView);
            })
            .Summary("The tenant's members, oldest first; limit and after page.")
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.PageMemberView);

        routes.Map("GET", "/v1/members/{memberId}", RouteAccess.Requires("members:read", MemberResources.One), async (request, ct) =>
            {
                var id = request.RouteId("memberId", IdPrefixes.Member, "member");
                return await request.Tenant.IdentityRows().GetAsync(IdentityTable.Member(id), IdentityJson.Default.MemberRecord, ct) is { } member
                    ? Answers.Json(MemberView.Of(member.Value), OnboardingJson.Default.MemberView)
                    : Problem.NotFound("member");
            })
            .Summary("One member.")
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.MemberView)
            .Problems(StatusCodes.Status404NotFound);
    }
}
