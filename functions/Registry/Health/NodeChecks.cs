using Saas.Discovery.Filter.Fields;
using Saas.Discovery.Queries;
using Saas.Discovery.Wire;
using Saas.Hosting.Modules;
using Saas.Registry.Catalog;
using Saas.Registry.Consul;

namespace Saas.Registry.Health;

/// <summary>GET /v1/health/node/:node: the checks of a node and of the services on it.</summary>
internal static class NodeChecks
{
    public static void Map(IRouteTable routes) =>
        routes.MapQuestion("/v1/health/node/{*node}", CatalogRoutes.Read, CatalogRoutes.NodeOf, "The checks of a node and its services.", Read);

    private static CatalogQuestion Read(ConsulRequest request)
    {
        var name = request.Required("node", "Missing node name");
        var filter = request.Filter(CheckFields.Instance);
        var (topic, indexIn) = Selections.WatchOfNode(name);
        return new CatalogQuestion(
            request.Key("health/node", name.ToLowerInvariant()),
            topic,
            indexIn,
            (json, state) => HealthJson.WriteChecks(json, CatalogQueries.ChecksOfNode(state.Catalog.FindNodeByNameOrId(name), filter)));
    }
}
