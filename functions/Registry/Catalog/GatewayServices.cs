using Saas.Hosting.Modules;
using Saas.Registry.Consul;

namespace Saas.Registry.Catalog;

/// <summary>GET /v1/catalog/gateway-services/:gateway: services that a gateway of the mesh was configured for. There are no such gateways here.</summary>
internal static class GatewayServices
{
    private const string Topic = "gateways";

    public static void Map(IRouteTable routes) => routes.MapQuestion(
        "/v1/catalog/gateway-services/{*gateway}",
        CatalogRoutes.Read,
        static request => "service/" + request.Named("gateway"),
        "The services of a gateway: none.",
        static request =>
        {
            request.Required("gateway", "Missing gateway name");
            return new CatalogQuestion(
                request.Key("catalog/gateway-services"),
                Topic,
                static _ => 1,
                static (json, _) =>
                {
                    json.WriteStartArray();
                    json.WriteEndArray();
                });
        });
}
