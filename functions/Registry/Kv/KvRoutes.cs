using Saas.Hosting.Modules;

namespace Saas.Registry.Kv;

/// <summary>Consul's key/value store.</summary>
internal static class KvRoutes
{
    public static void Map(IRouteTable routes)
    {
        ReadKeys.Map(routes);
        PutKey.Map(routes);
        DeleteKeys.Map(routes);
    }
}
