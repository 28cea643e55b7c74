using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Saas.Encryption.Kv;
using Saas.Encryption.Mounts;
using Saas.Encryption.RootKeys;
using Saas.Encryption.Sys;
using Saas.Encryption.Transit.Keys;
using Saas.Encryption.Transit.Operations;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Keys;

namespace Saas.Encryption;

/// <summary>HashiCorp Vault's transit and KV version 2 engines in its own HTTP API, for every tenant.</summary>
public sealed class EncryptionModule : IModule
{
    public string Name => "encryption";

    /// <summary>For the timers, which look after every tenant's root key, keys, mounts and wrapped answers.</summary>
    public bool NeedsPlatformScope => true;

    public IWireProtocol Protocol { get; } = new VaultProtocol();

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddKeys(configuration);
        services.AddSingleton<VaultAudit>();
        services.AddSingleton<SealedMounts>();
        services.AddSingleton<MountDirectory>();
        services.AddTransitKeys();
        services.AddKv();
        services.AddSystem();
    }

    public void MapRoutes(IRouteTable routes)
    {
        routes.MapTransitKeys();
        KvRoutes.Map(routes);
        SysRoutes.Map(routes);
        OperationRoutes.Map(routes);
    }

    public void MapTriggers(ITriggerTable triggers)
    {
        RotateTransitKeys.Map(triggers);
        RewrapRootKeys.Map(triggers);
        SysRoutes.Map(triggers);
    }
}
