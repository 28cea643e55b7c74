using Saas.Discovery.Catalog;
using Saas.Discovery.Filter.Fields;
using Saas.Discovery.Queries;
using Saas.Discovery.Wire;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;

namespace Saas.Registry.Catalog;

/// <summary>
/// GET /v1/catalog/service/:service and /v1/catalog/connect/:service: instances without their checks. Of the mesh there are
/// only those that speak its protocol themselves.
/// </summary>
internal static class ServiceInstances
{
    public static void Map(IRouteTable routes)
    {
        routes.MapQuestion(
            "/v1/catalog/service/{*service}", CatalogRoutes.Read, CatalogRoutes.ServiceOf, "The instances of a service.", static request => Read(request, "catalog/service"));
        routes.MapQuestion(
            "/v1/catalog/connect/{*service}", CatalogRoutes.Read, CatalogRoutes.ServiceOf, "The instances of a service that speak the mesh's protocol.", static request => Read(request, MeshEndpoint));
    }

    private const string MeshEndpoint = "catalog/connect";

    private static CatalogQuestion Read(ConsulRequest request, string endpoint)
    {
        var service = request.Required("service", "Missing service name");
        var (datacenter, near) = (request.Domain.Datacenter, request.Near());
        var selection = new InstanceSelection
        {
            Tags = request.QueryAll("tag"),
            NodeMeta = request.NodeMeta(),
            MeshOnly = endpoint == MeshEndpoint,
            Filter = request.Filter(CatalogServiceFields.Instance),
        };
        return new CatalogQuestion(
            request.Key(endpoint, [service.ToLowerInvariant(), .. selection.Tags]),
            CatalogTopics.Service(service),
            catalog => catalog.IndexOfService(service),
            (json, state) => CatalogServiceJson.WriteList(
                json, Distances.Sort(selection.Of(state.Catalog.InstancesOf(service), datacenter), static i => i.Node.Name, state, near), datacenter));
    }
}
