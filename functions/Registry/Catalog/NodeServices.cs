using Saas.Discovery.Filter.Fields;
using Saas.Discovery.Queries;
using Saas.Discovery.Wire;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;

namespace Saas.Registry.Catalog;

/// <summary>GET /v1/catalog/node/:node and /v1/catalog/node-services/:node: a node, by name or id, with its services as a map or a list.</summary>
internal static class NodeServices
{
    public static void Map(IRouteTable routes)
    {
        routes.MapQuestion(
            "/v1/catalog/node/{*node}", CatalogRoutes.Read, CatalogRoutes.NodeOf, "A node and its services, by id.", static request => Read(request, isMap: true));
        routes.MapQuestion(
            "/v1/catalog/node-services/{*node}", CatalogRoutes.Read, CatalogRoutes.NodeOf, "A node and the list of its services.", static request => Read(request, isMap: false));
    }

    private static CatalogQuestion Read(ConsulRequest request, bool isMap)
    {
        var (name, datacenter) = (request.Required("node", "Missing node name"), request.Domain.Datacenter);
        var filter = request.Filter(ServiceFields.Instance);
        var (topic, indexIn) = Selections.WatchOfNode(name);
        return new CatalogQuestion(
            request.Key(isMap ? "catalog/node" : "catalog/node-services", name.ToLowerInvariant()),
            topic,
            indexIn,
            (json, state) =>
            {
                var node = state.Catalog.FindNodeByNameOrId(name);
                var services = CatalogQueries.ServicesOf(node, filter);
                if (isMap)
                {
                    NodeJson.WriteWithServices(json, node, services, datacenter);
                }
                else
                {
                    NodeJson.WriteWithServiceList(json, node, services, datacenter);
                }
            });
    }
}
