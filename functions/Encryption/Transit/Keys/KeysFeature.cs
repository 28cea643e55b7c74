using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Keys;

/// <summary>Key management: its parts and its table of contents.</summary>
internal static class KeysFeature
{
    public static IServiceCollection AddTransitKeys(this IServiceCollection services)
    {
        services.AddSingleton<SealedKeys>();
        services.AddSingleton<KeyChanges>();
        services.AddSingleton<KeyMaker>();
        services.AddSingleton<KeyRotation>();
        services.AddSingleton<KeyRemains>();
        services.AddSingleton<KeyRestoration>();
        services.AddSingleton<VersionRows>();
        services.AddSingleton<WrappingKeys>();
        services.AddSingleton<MountSettings>();
        services.AddSingleton<TransitKeys>();
        services.AddSingleton<RotateTransitKeys>();
        return services;
    }

    public static void MapTransitKeys(this IRouteTable routes)
    {
        CreateKey.Map(routes);
        ReadKey.Map(routes);
        ListKeys.Map(routes);
        DeleteKey.Map(routes);
        ConfigureKey.Map(routes);
        RotateKey.Map(routes);
        TrimKey.Map(routes);
        ExportKey.Map(routes);
        ExportWrappedKey.Map(routes);
        BackupKey.Map(routes);
        RestoreKey.Map(routes);
        ReadWrappingKey.Map(routes);
        ImportKey.Map(routes);
        ImportKeyVersion.Map(routes);
        ConfigureKeys.Map(routes);
        ConfigureCache.Map(routes);
        UnsupportedOnKeys.Map(routes);
    }
}
