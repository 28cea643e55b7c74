using Saas.Discovery.Catalog;
using Saas.Discovery.Filter.Fields;
using Saas.Discovery.Model;
using Saas.Discovery.Queries;
using Saas.Discovery.Wire;
using Saas.Hosting.Modules;
using Saas.Registry.Catalog;
using Saas.Registry.Consul;

namespace Saas.Registry.Health;

/// <summary>
/// GET /v1/health/service/:service, connect/:service and ingress/:service: instances with their nodes and checks; with
/// <c>passing</c> only those whose checks all pass. Of the mesh there are only instances that speak its protocol themselves,
/// and no gateways.
/// </summary>
internal static class InstanceHealth
{
    private const string Endpoint = "health/service";
    private const string MeshEndpoint = "health/connect";
    private const string IngressEndpoint = "health/ingress";

    public static void Map(IRouteTable routes)
    {
        Map(routes, Endpoint, "The instances of a service with their health.");
        Map(routes, MeshEndpoint, "The instances of a service that speak the mesh's protocol, with their health.");
        Map(routes, IngressEndpoint, "The gateways into the mesh for a service: none.");
    }

    private static void Map(IRouteTable routes, string endpoint, string summary) => routes.MapQuestion(
        $"/v1/{endpoint}/{{*service}}", CatalogRoutes.Read, CatalogRoutes.ServiceOf, summary, request => Read(request, endpoint));

    private static CatalogQuestion Read(ConsulRequest request, string endpoint)
    {
        var service = request.Required("service", "Missing service name");
        var (datacenter, near) = (request.Domain.Datacenter, request.Near());
        var selection = new InstanceSelection
        {
            Tags = request.QueryAll("tag"),
            NodeMeta = request.NodeMeta(),
            PassingOnly = IsPassing(request),
            MeshOnly = endpoint == MeshEndpoint,
            Filter = request.Filter(CheckServiceNodeFields.Instance),
        };
        return new CatalogQuestion(
            request.Key(endpoint, [service.ToLowerInvariant(), selection.PassingOnly ? "passing" : "", .. selection.Tags]),
            CatalogTopics.Service(service),
            catalog => catalog.IndexOfService(service),
            (json, state) =>
            {
                IReadOnlyList<CheckServiceNode> instances = endpoint == IngressEndpoint ? [] : state.Catalog.InstancesOf(service);
                HealthJson.WriteInstances(
                    json, Distances.Sort(selection.Of(instances, datacenter), static i => i.Node.Name, state, near), datacenter);
            });
    }

    /// <summary>By being there, or by what Go takes for a boolean.</summary>
    private static bool IsPassing(ConsulRequest request) => request.Query("passing") switch
    {
        null or "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        "" or "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        _ => throw RegistryException.BadRequest("Invalid value for ?passing"),
    };
}
