using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Modules;
using Saas.Registry.Agent;
using Saas.Registry.Catalog;
using Saas.Registry.Consul;
using Saas.Registry.Coordinates;
using Saas.Registry.Events;
using Saas.Registry.Intentions;
using Saas.Registry.Domains;
using Saas.Registry.Health;
using Saas.Registry.Feed;
using Saas.Registry.Kv;
using Saas.Registry.Log;
using Saas.Registry.Nodes;
using Saas.Registry.Queries;
using Saas.Registry.Sessions;
using Saas.Registry.Txn;

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
        QueryRoutes.Add(services);
    }

    public void MapRoutes(IRouteTable routes)
    {
        AgentRoutes.Map(routes);
        KvRoutes.Map(routes);
        SessionRoutes.Map(routes);
        ApplyTxn.Map(routes);
        CatalogRoutes.Map(routes);
        HealthRoutes.Map(routes);
        SelfRoutes.Map(routes);
        ServiceFeed.Map(routes);
        CoordinateRoutes.Map(routes);
        EventRoutes.Map(routes);
        IntentionRoutes.Map(routes);
        QueryRoutes.Map(routes);
    }

    public void MapTriggers(ITriggerTable triggers)
    {
    }
}
