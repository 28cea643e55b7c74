using Microsoft.Extensions.DependencyInjection;

namespace Saas.Encryption.Transit.Keys;

/// <summary>Key management: its parts and its table of contents.</summary>
internal static class KeysFeature
{
    public static IServiceCollection AddTransitKeys(this IServiceCollection services)
    {
        services.AddSingleton<SealedKeys>();
        services.AddSingleton<KeyChanges>();
        services.AddSingleton<MountSettings>();
        services.AddSingleton<TransitKeys>();
        return services;
    }
}
