using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity;
using Saas.Identity.Rows;
using Saas.Onboarding.Api;

namespace Saas.Onboarding.Keys;

/// <summary>GET /v1/keys, and GET /v1/keys/{keyId}: without the secrets, which are not stored.</summary>
public static class ListKeys
{
    public static void Map(IRouteTable routes)
    {
        routes.Map("GET", "/v1/keys", RouteAccess.Requires("keys:list", KeyResources.All), async (request, ct) =>
            {
                var page = await Paging.Of(request, IdPrefixes.Key).ReadAsync(
                    request.Tenant.IdentityRows(), IdentityTable.KeyPrefix, IdentityJson.Default.ApiKeyRecord, k => k.Id, KeyView.Of, null, ct);
                return Answers.Json(page, OnboardingJson.Default.PageKeyView);
            })
            .Summary("The tenant's keys, oldest first; limit and after page. Revoked ones stay for 30 days.")
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.PageKeyView);

        routes.Map("GET", "/v1/keys/{keyId}", RouteAccess.Requires("keys:read", KeyResources.One), async (request, ct) =>
            {
                var id = request.RouteId("keyId", IdPrefixes.Key, "key");
                return await request.Tenant.IdentityRows().GetAsync(IdentityTable.Key(id), IdentityJson.Default.ApiKeyRecord, ct) is { } key
                    ? Answers.Json(KeyView.Of(key.Value), OnboardingJson.Default.KeyView)
                    : Problem.NotFound("key");
            })
            .Summary("One key.")
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.KeyView)
            .Problems(StatusCodes.Status404NotFound);
    }
}
