using Microsoft.Extensions.DependencyInjection;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Wrapping;

/// <summary>/v1/sys/wrapping/…: answers for whoever holds their token, once.</summary>
internal static class WrappingRoutes
{
    public static void AddWrapping(this IServiceCollection services)
    {
        services.AddSingleton<WrappingStore>();
        services.AddSingleton<IResponseWrapping, ResponseWrapping>();
        services.AddSingleton<SweepWrappings>();
    }

    public static void Map(IRouteTable routes)
    {
        WrapData.Map(routes);
        Unwrap.Map(routes);
        LookupWrapping.Map(routes);
        Rewrap.Map(routes);
    }

    public static void Map(ITriggerTable triggers) => SweepWrappings.Map(triggers);
}
