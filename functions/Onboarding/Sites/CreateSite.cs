using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Contracts;
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

/// <summary>POST /v1/sites: a place with machines, in a region, with labels that say where its data is.</summary>
public static class CreateSite
{
    private static readonly Validator Checks = new();

    public static void Map(IRouteTable routes) =>
        routes.Map("POST", "/v1/sites", RouteAccess.Requires("sites:create", SiteResources.All), async (request, ct) =>
            {
                var body = await request.ReadAsync(OnboardingJson.Strict.CreateSiteRequest, Checks, ct);
                var outcome = await request.Service<Handler>().HandleAsync(request.Tenant, body, ct);
                return outcome.Answer(SiteView.Of, OnboardingJson.Default.SiteView, StatusCodes.Status201Created);
            })
            .Summary("Makes a site. Sites of one region are scheduled together.")
            .Accepts(OnboardingJson.Default.CreateSiteRequest)
            .Produces(StatusCodes.Status201Created, OnboardingJson.Default.SiteView)
            .Problems(StatusCodes.Status409Conflict)
            .MaxBodyBytes(BodyLimits.Small);

    /// <param name="Region">A slug of the tenant's choice; never changes.</param>
    /// <param name="Labels">For data-residency constraints, such as <c>country=de</c>.</param>
    public sealed record CreateSiteRequest(string Name, string Region, IReadOnlyDictionary<string, string>? Labels = null);

    public sealed class Validator : AbstractValidator<CreateSiteRequest>
    {
        public Validator()
        {
            RuleFor(r => r.Name).IsSlug("name");
            RuleFor(r => r.Region).IsSlug("region");
            // Nomad's name for "whichever": a job that says so goes to the tenant's only region.
            RuleFor(r => r.Region).Must(region => region != "global")
                .WithMessage("Expected a region other than 'global', which in jobs means any.")
                .OverridePropertyName("region");
            RuleFor(r => r.Labels).AreLabels("labels");
        }
    }

    public sealed class Handler(TenantLedger ledger, TimeProvider time)
    {
        public Task<Outcome<SiteRecord>> HandleAsync(TenantScope tenant, CreateSiteRequest request, CancellationToken ct) =>
            ledger.ChangeAsync<SiteRecord>(
                tenant,
                async (change, token) =>
                {
                    if (await change.Rows.GetAsync(IdentityTable.SiteName(request.Name), token) is not null)
                    {
                        return IdentityError.NameTaken("site", request.Name);
                    }

                    if (change.Take(QuotaKind.Sites) is { } exceeded)
                    {
                        return exceeded;
                    }

                    var site = new SiteRecord
                    {
                        Id = EntityId.New(IdPrefixes.Site, time),
                        Name = request.Name,
                        Region = request.Region,
                        Labels = request.Labels ?? new Dictionary<string, string>(),
                        CreatedAt = time.GetUtcNow(),
                    };
                    change.ConcernsAccess = false;
                    change.Writes.Add(TableWrite.Insert(
                        IdentityTable.Site(site.Id), TablePartition.Bytes(site, IdentityJson.Default.SiteRecord)));
                    change.Writes.Add(TableWrite.Insert(
                        IdentityTable.SiteName(site.Name), TablePartition.Bytes(new NameRecord(site.Id), IdentityJson.Default.NameRecord)));
                    return site;
                },
                ct);
    }
}
