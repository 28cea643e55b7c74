using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Modules;

namespace Saas.Registry;

/// <summary>HashiCorp Consul's catalog, health, KV, sessions and the rest of its HTTP API, for every tenant.</summary>
public sealed class RegistryModule : IModule
{
    public string Name => "registry";

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
    }

    public void MapRoutes(IRouteTable routes)
    {
    }

    public void MapTriggers(ITriggerTable triggers)
    {
    }
}
