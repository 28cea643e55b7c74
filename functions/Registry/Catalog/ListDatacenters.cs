using Saas.Discovery.Sync;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;
using Saas.Registry.Domains;

namespace Saas.Registry.Catalog;

/// <summary>GET /v1/catalog/datacenters: the primary first. It does not block.</summary>
internal static class ListDatacenters
{
    public static void Map(IRouteTable routes) =>
        routes.MapConsul("GET", "/v1/catalog/datacenters", CatalogRoutes.Read, static _ => "datacenters", "The names of the datacenters.", async (request, ct) =>
        {
            var all = await request.Service<Datacenters>().OfAsync(request.Tenant, ct);
            return ConsulResult.Of([.. all.Select(datacenter => datacenter.Name)], SyncJson.Default.IReadOnlyListString);
        });
}
