using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Saas.Hosting.Modules;

/// <summary>
/// A function app: its services, HTTP routes and triggers, without a word about where it runs. The same module is
/// served by Kestrel, by the Azure Functions host (custom handler) and by AWS Lambda.
/// </summary>
public interface IModule
{
    /// <summary>Lower case: <c>onboarding</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Registered by the host already: TenantScopes, IMessageQueue, IChangeSignal, TimeProvider, ILogger, what Identity
    /// offers. PlatformScope is there only in modules with <see cref="NeedsPlatformScope"/>.
    /// </summary>
    void AddServices(IServiceCollection services, IConfiguration configuration);

    void MapRoutes(IRouteTable routes);

    void MapTriggers(ITriggerTable triggers);

    /// <summary>True only for modules whose timers work across tenants.</summary>
    bool NeedsPlatformScope => false;

    /// <summary>The peer's protocol the module answers; null for our own APIs.</summary>
    IWireProtocol? Protocol => null;
}
