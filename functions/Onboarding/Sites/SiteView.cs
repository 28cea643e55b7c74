using Saas.Hosting.Modules;
using Saas.Identity.Access;
using Saas.Identity.Sites;

namespace Saas.Onboarding.Sites;

/// <param name="Nodes">Machines enrolled here.</param>
public sealed record SiteView(
    string Id, string Name, string Region, IReadOnlyDictionary<string, string> Labels, int Nodes, DateTimeOffset CreatedAt)
{
    public static SiteView Of(SiteRecord site) => new(site.Id, site.Name, site.Region, site.Labels, site.Nodes, site.CreatedAt);
}

/// <summary>What site routes ask access to.</summary>
internal static class SiteResources
{
    public static readonly string All = ResourceNames.Site("*");

    /// <summary>The route's site.</summary>
    public static string One(ApiRequest request) => ResourceNames.Site(request.Route("siteId"));
}
