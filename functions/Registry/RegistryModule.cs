using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;
using Saas.Registry.Domains;
using Saas.Registry.Log;
using Saas.Registry.Nodes;

namespace Saas.Registry;

/// <summary>HashiCorp Consul's catalog, health, KV, sessions and the rest of its HTTP API, for every tenant.</summary>
public sealed class RegistryModule : IModule
{
    public string Name => "registry";

    public IWireProtocol Protocol { get; } = new ConsulProtocol();

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<SteadyClock>();
        services.AddSingleton<Replicas>();
        services.AddHostedService(s => s.GetRequiredService<Replicas>());
        services.AddSingleton<Datacenters>();
        services.AddSingleton<DomainDirectory>();
    }

    public void MapRoutes(IRouteTable routes)
    {
        AgentRoutes.Map(routes);
    }

    public void MapTriggers(ITriggerTable triggers)
    {
    }
}
