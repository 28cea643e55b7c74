using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity;
using Saas.Identity.Agents;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Onboarding.Sites;

namespace Saas.Onboarding.Enrolments;

/// <summary>GET and DELETE of a site's enrolment tokens.</summary>
public static class ListEnrolmentTokens
{
    public static void Map(IRouteTable routes)
    {
        routes.Map("GET", "/v1/sites/{siteId}/enrolment-tokens", RouteAccess.Requires("enrolments:list", SiteResources.One), async (request, ct) =>
            {
                if (await request.Tenant.FindSiteAsync(request.Route("siteId"), ct) is not { } site)
                {
                    return Problem.NotFound("site");
                }

                var now = request.Service<TimeProvider>().GetUtcNow();
                var page = await Paging.Of(request, IdPrefixes.EnrolmentToken).ReadAsync(
                    request.Tenant.IdentityRows(), IdentityTable.EnrolmentTokenPrefix, IdentityJson.Default.EnrolmentTokenRecord,
                    t => t.Id, t => EnrolmentTokenView.Of(t, now), t => t.SiteId == site.Id, ct);
                return Answers.Json(page, OnboardingJson.Default.PageEnrolmentTokenView);
            })
            .Summary("The site's enrolment tokens without their secrets: open ones, and used and expired ones for a while.")
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.PageEnrolmentTokenView)
            .Problems(StatusCodes.Status404NotFound);

        routes.Map("GET", "/v1/sites/{siteId}/enrolment-tokens/{tokenId}", RouteAccess.Requires("enrolments:read", SiteResources.One), async (request, ct) =>
            {
                var row = await request.Tenant.IdentityRows().GetAsync(
                    IdentityTable.EnrolmentToken(request.RouteId("tokenId", IdPrefixes.EnrolmentToken, "enrolment token")), IdentityJson.Default.EnrolmentTokenRecord, ct);
                var now = request.Service<TimeProvider>().GetUtcNow();
                return row is not null && row.Value.SiteId == request.Route("siteId")
                    ? Answers.Json(EnrolmentTokenView.Of(row.Value, now), OnboardingJson.Default.EnrolmentTokenView)
                    : Problem.NotFound("enrolment token");
            })
            .Summary("One enrolment token, without its secret.")
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.EnrolmentTokenView)
            .Problems(StatusCodes.Status404NotFound);

        routes.Map("DELETE", "/v1/sites/{siteId}/enrolment-tokens/{tokenId}", RouteAccess.Requires("enrolments:delete", SiteResources.One), async (request, ct) =>
            {
                var outcome = await request.Service<EnrolmentTokens>().RevokeAsync(
                    request.Tenant, request.RouteId("siteId", IdPrefixes.Site, "site"), request.RouteId("tokenId", IdPrefixes.EnrolmentToken, "enrolment token"), ct);
                return outcome.AnswerEmpty();
            })
            .Summary("Takes a token back. A machine it enrolled stays.")
            .Produces(StatusCodes.Status204NoContent)
            .Problems(StatusCodes.Status404NotFound);
    }
}
