using Microsoft.Extensions.DependencyInjection;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Mounts;
using Saas.Encryption.Sys.Tokens;
using Saas.Encryption.Transit.Keys;
using Saas.Encryption.Wrapping;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Sys;

/// <summary>Vault's own paths, <c>sys/…</c> and <c>auth/token/…</c>: the table of contents of the feature.</summary>
internal static class SysRoutes
{
    public static IServiceCollection AddSystem(this IServiceCollection services)
    {
        services.AddSingleton<MountChanges>();
        services.AddSingleton(new EngineTables(Engine.Transit, KeyRows.Table, KeyDuty.Table));
        services.AddSingleton(new EngineTables(Engine.Kv, KvRows.Table));
        services.AddSingleton<RemoveDisabledMounts>();
        services.AddSingleton<PathCapabilities>();
        services.AddWrapping();
        return services;
    }

    public static void Map(IRouteTable routes)
    {
        Health.Map(routes);
        Status.Map(routes);
        ReadMounts.Map(routes);
        EnableMount.Map(routes);
        DisableMount.Map(routes);
        TuneMount.Map(routes);
        UiMounts.Map(routes);
        AuthMethods.Map(routes);
        AuditHash.Map(routes);
        Namespaces.Map(routes);
        Capabilities.Map(routes);
        LookupToken.Map(routes);
        CreateToken.Map(routes);
        RenewToken.Map(routes);
        RevokeToken.Map(routes);
        WrappingRoutes.Map(routes);
    }

    public static void Map(ITriggerTable triggers)
    {
        RemoveDisabledMounts.Map(triggers);
        WrappingRoutes.Map(triggers);
    }
}
