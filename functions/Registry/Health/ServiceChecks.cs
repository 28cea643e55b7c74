using Saas.Discovery.Catalog;
using Saas.Discovery.Filter.Fields;
using Saas.Discovery.Queries;
using Saas.Discovery.Wire;
using Saas.Hosting.Modules;
using Saas.Registry.Catalog;
using Saas.Registry.Consul;

namespace Saas.Registry.Health;

/// <summary>GET /v1/health/checks/:service: the checks of a service's instances, without those of their nodes.</summary>
internal static class ServiceChecks
{
    public static void Map(IRouteTable routes) =>
        routes.MapQuestion("/v1/health/checks/{*service}", CatalogRoutes.Read, CatalogRoutes.ServiceOf, "The checks of a service's instances.", Read);

    private static CatalogQuestion Read(ConsulRequest request)
    {
        var service = request.Required("service", "Missing service name");
        var (meta, near) = (request.NodeMeta(), request.Near());
        var filter = request.Filter(CheckFields.Instance);
        return new CatalogQuestion(
            request.Key("health/checks", service.ToLowerInvariant()),
            CatalogTopics.Service(service),
            catalog => catalog.IndexOfService(service),
            (json, state) => HealthJson.WriteChecks(
                json, Distances.Sort(state.Catalog.ChecksOfService(service, meta, filter), static check => check.Node, state, near)));
    }
}
