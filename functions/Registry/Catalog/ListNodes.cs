using Saas.Discovery.Catalog;
using Saas.Discovery.Filter.Fields;
using Saas.Discovery.Queries;
using Saas.Discovery.Wire;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;

namespace Saas.Registry.Catalog;

/// <summary>GET /v1/catalog/nodes</summary>
internal static class ListNodes
{
    public static void Map(IRouteTable routes) =>
        routes.MapQuestion("/v1/catalog/nodes", CatalogRoutes.Read, static _ => "nodes", "The nodes of a datacenter.", Read);

    private static CatalogQuestion Read(ConsulRequest request)
    {
        var (datacenter, meta, near) = (request.Domain.Datacenter, request.NodeMeta(), request.Near());
        var filter = request.Filter(NodeFields.Instance);
        return new CatalogQuestion(
            request.Key("catalog/nodes"),
            CatalogTopics.Nodes,
            static catalog => catalog.NodesIndex,
            (json, state) => NodeJson.WriteList(
                json, Distances.Sort(state.Catalog.NodesWhere(meta, filter, datacenter), static node => node.Name, state, near), datacenter));
    }
}
