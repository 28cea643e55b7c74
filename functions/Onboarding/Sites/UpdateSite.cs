using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Rows;
using Saas.Identity.Sites;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Sites;

/// <summary>PATCH /v1/sites/{siteId}: its labels, as a whole. Nodes learn of them with their next fingerprint.</summary>
public static class UpdateSite
{
    private static readonly Validator Checks = new();

    public static void Map(IRouteTable routes) =>
        routes.Map("PATCH", "/v1/sites/{siteId}", RouteAccess.Requires("sites:update", SiteResources.One), async (request, ct) =>
            {
                var body = await request.ReadAsync(OnboardingJson.Strict.UpdateSiteRequest, Checks, ct);
                var outcome = await request.Service<Handler>().HandleAsync(request.Tenant, request.RouteId("siteId", IdPrefixes.Site, "site"), body, ct);
                return outcome.Answer(SiteView.Of, OnboardingJson.Default.SiteView);
            })
            .Summary("Replaces the site's labels. Name and region stay: placements are kept under them.")
            .Accepts(OnboardingJson.Default.UpdateSiteRequest)
            .Produces(StatusCodes.Status200OK, OnboardingJson.Default.SiteView)
            .Problems(StatusCodes.Status404NotFound)
            .MaxBodyBytes(BodyLimits.Small);

    public sealed record UpdateSiteRequest(IReadOnlyDictionary<string, string> Labels);

    public sealed class Validator : AbstractValidator<UpdateSiteRequest>
    {
        public Validator() => RuleFor(r => r.Labels).AreLabels("labels");
    }

    public sealed class Handler(TenantLedger ledger)
    {
        public Task<Outcome<SiteRecord>> HandleAsync(TenantScope tenant, string siteId, UpdateSiteRequest request, CancellationToken ct) =>
            ledger.ChangeAsync<SiteRecord>(
                tenant,
                async (change, token) =>
                {
                    if (await change.Rows.GetAsync(IdentityTable.Site(siteId), IdentityJson.Default.SiteRecord, token) is not { } site)
                    {
                        return IdentityError.NotFound("site");
                    }

                    var changed = site.Value with { Labels = request.Labels };
                    change.ConcernsAccess = false;
                    change.Writes.Add(TableWrite.Replace(
                        site.Row, TablePartition.Bytes(changed, IdentityJson.Default.SiteRecord), site.ETag));
                    return changed;
                },
                ct);
    }
}
