using Saas.Discovery.Catalog;
using Saas.Discovery.Filter.Fields;
using Saas.Discovery.Queries;
using Saas.Discovery.Wire;
using Saas.Hosting.Modules;
using Saas.Registry.Catalog;
using Saas.Registry.Consul;

namespace Saas.Registry.Health;

/// <summary>GET /v1/health/state/:state: all checks in a state, or in <c>any</c>. As in Consul, nothing is in a state that is none.</summary>
internal static class ChecksInState
{
    public static void Map(IRouteTable routes) =>
        routes.MapQuestion("/v1/health/state/{*state}", CatalogRoutes.Read, static _ => "checks", "The checks in a state.", Read);

    private static CatalogQuestion Read(ConsulRequest request)
    {
        var status = request.Required("state", "Missing check state");
        var (meta, near) = (request.NodeMeta(), request.Near());
        var filter = request.Filter(CheckFields.Instance);
        return new CatalogQuestion(
            request.Key("health/state", status),
            meta.Count == 0 ? CatalogTopics.Checks : CatalogTopics.All,
            meta.Count == 0 ? static catalog => catalog.ChecksIndex : static catalog => catalog.Index,
            (json, state) => HealthJson.WriteChecks(
                json, Distances.Sort(state.Catalog.ChecksInState(status, meta, filter), static check => check.Node, state, near)));
    }
}
