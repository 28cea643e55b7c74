using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Saas.Encryption.Kv;
using Saas.Encryption.Mounts;
using Saas.Encryption.RootKeys;
using Saas.Encryption.Transit.Keys;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Keys;

namespace Saas.Encryption;

/// <summary>HashiCorp Vault's transit and KV version 2 engines in its own HTTP API, for every tenant.</summary>
public sealed class EncryptionModule : IModule
{
    public string Name => "encryption";

    /// <summary>
    /// For the timers: <see cref="RotateTransitKeys"/> does the duties of every tenant's keys, <see cref="RewrapRootKeys"/>
    /// goes through all tenants' wrapped root keys.
    /// </summary>
    public bool NeedsPlatformScope => true;

    public IWireProtocol Protocol { get; } = new VaultProtocol();

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddKeys(configuration);
        services.AddSingleton<MountDirectory>();
        services.AddTransitKeys();
        services.AddKv();
    }

    public void MapRoutes(IRouteTable routes)
    {
        routes.MapTransitKeys();
        KvRoutes.Map(routes);
    }

    public void MapTriggers(ITriggerTable triggers)
    {
        RotateTransitKeys.Map(triggers);
        RewrapRootKeys.Map(triggers);
    }
}
