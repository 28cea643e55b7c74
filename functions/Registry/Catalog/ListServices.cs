using Saas.Discovery.Catalog;
using Saas.Discovery.Filter.Fields;
using Saas.Discovery.Queries;
using Saas.Discovery.Wire;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;

namespace Saas.Registry.Catalog;

/// <summary>GET /v1/catalog/services</summary>
internal static class ListServices
{
    public static void Map(IRouteTable routes) => routes.MapQuestion(
        "/v1/catalog/services", CatalogRoutes.Read, static _ => "services", "The names of the services of a datacenter, with their tags.", Read);

    private static CatalogQuestion Read(ConsulRequest request)
    {
        var datacenter = request.Domain.Datacenter;
        var selection = new InstanceSelection { NodeMeta = request.NodeMeta(), Filter = request.Filter(CatalogServiceFields.Instance) };

        // Whether a service is selected may depend on its nodes, whose changes do not change the list of services.
        var isOfServices = selection.NodeMeta.Count == 0 && selection.Filter is null;
        return new CatalogQuestion(
            request.Key("catalog/services"),
            isOfServices ? CatalogTopics.Services : CatalogTopics.All,
            isOfServices ? static catalog => catalog.ServicesIndex : static catalog => catalog.Index,
            (json, state) => CatalogServiceJson.WriteNames(json, state.Catalog.ServiceNames(selection, datacenter)));
    }
}
