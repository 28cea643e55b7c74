using Saas.Hosting.Modules;

namespace Saas.Registry.Catalog;

/// <summary>/v1/catalog: what is registered, without health.</summary>
internal static class CatalogRoutes
{
    /// <summary>Also of health, and of who the registry is.</summary>
    public const string Read = "catalog:read";

    /// <summary>On a service or a node; see <see cref="Registration"/>.</summary>
    public const string Write = "catalog:write";

    public static void Map(IRouteTable routes)
    {
        RegisterNode.Map(routes);
        DeregisterNode.Map(routes);
        ListDatacenters.Map(routes);
        ListNodes.Map(routes);
        ListServices.Map(routes);
        ServiceInstances.Map(routes);
        NodeServices.Map(routes);
        GatewayServices.Map(routes);
    }

    public static string ServiceOf(ApiRequest request) => "service/" + request.Named("service");

    public static string NodeOf(ApiRequest request) => "node/" + request.Named("node");
}
