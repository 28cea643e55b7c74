using Saas.Hosting.Modules;

namespace Saas.Registry.Health;

/// <summary>/v1/health: checks, and instances with theirs.</summary>
internal static class HealthRoutes
{
    public static void Map(IRouteTable routes)
    {
        InstanceHealth.Map(routes);
        NodeChecks.Map(routes);
        ServiceChecks.Map(routes);
        ChecksInState.Map(routes);
    }
}
