using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Keys;
using Saas.Onboarding.Api;

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
                var outcome = await request.Service<KeyRevocation>().RevokeAsync(
                    request.Tenant, request.RouteId("keyId", IdPrefixes.Key, "key"), ct);
                return outcome.AnswerEmpty();
            })
            .Summary("Revokes a key at once. The last owner key cannot be revoked.")
            .Produces(StatusCodes.Status204NoContent)
            .Problems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
}
