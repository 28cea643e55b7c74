using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Sites;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Sites;

/// <summary>
/// DELETE /v1/sites/{siteId}: only one without machines. Its enrolment tokens are worth nothing from then on: a token is
/// spent in the same partition, where the site is missed.
/// </summary>
public static class DeleteSite
{
    public static void Map(IRouteTable routes) =>
        routes.Map("DELETE", "/v1/sites/{siteId}", RouteAccess.Requires("sites:delete", SiteResources.One), async (request, ct) =>
            {
                var outcome = await request.Service<Handler>().HandleAsync(request.Tenant, request.RouteId("siteId", IdPrefixes.Site, "site"), ct);
                return outcome.AnswerEmpty();
            })
            .Summary("Removes a site that has no machines.")
            .Produces(StatusCodes.Status204NoContent)
            .Problems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);

    public sealed class Handler(TenantLedger ledger)
    {
        public Task<Outcome<SiteRecord>> HandleAsync(TenantScope tenant, string siteId, CancellationToken ct) =>
            ledger.ChangeAsync<SiteRecord>(
                tenant,
                async (change, token) =>
                {
                    if (await change.Rows.GetAsync(IdentityTable.Site(siteId), IdentityJson.Default.SiteRecord, token) is not { } site)
                    {
                        return IdentityError.NotFound("site");
                    }

                    if (site.Value.Nodes > 0)
                    {
                        return new IdentityError(IdentityErrorKind.InUse, $"The site has {site.Value.Nodes} machines. Remove them first.");
                    }

                    change.Writes.Add(TableWrite.Delete(site.Row, site.ETag));
                    change.Writes.Add(TableWrite.Delete(IdentityTable.SiteName(site.Value.Name)));
                    change.Return(QuotaKind.Sites);
                    return site.Value;
                },
                ct);
    }
}
