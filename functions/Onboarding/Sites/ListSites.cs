using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;

namespace Saas.Onboarding.Sites;

/// <summary>GET /v1/sites, and GET /v1/sites/{siteId}.</summary>
public static class ListSites
{
    public static void Map(IRouteTable routes)
    {
        routes.Map("GET", "/v1/sites", RouteAccess.Requires("sites:list", SiteResources.All), async (request, ct) =>
            {
                var page = await Paging.Of(request, IdPrefixes.Site).ReadAsync(
                    request.Tenant.IdentityRows(), IdentityTable.SitePrefix, IdentityJson.Default.SiteRecord, s => s.Id, SiteView.Of, null, ct);
                return Answers.Json(page, OnboardingJson.Default.PageSiteView);
            })
            .Summary("The tenant's sites, oldest first; limit and after page.")
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.PageSiteView);

        routes.Map("GET", "/v1/sites/{siteId}", RouteAccess.Requires("sites:read", SiteResources.One), async (request, ct) =>
                await request.Tenant.FindSiteAsync(request.Route("siteId"), ct) is { } site
                    ? Answers.Json(SiteView.Of(site), OnboardingJson.Default.SiteView)
                    : Problem.NotFound("site"))
            .Summary("One site.")
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.SiteView)
            .Problems(StatusCodes.Status404NotFound);
    }
}
