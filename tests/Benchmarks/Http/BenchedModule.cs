using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Modules;

namespace Saas.Benchmarks.Http;

/// <summary>One guarded route with a resource from its pattern; its handler does nothing, so what is left is the pipeline.</summary>
internal sealed class BenchedModule : IModule
{
    public const string Answer = "ok";

    public string Name => "bench";

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
    }

    public void MapRoutes(IRouteTable routes)
    {
        var access = RouteAccess.Requires("things:read", request => $"project/{request.Route("projectId")}/thing/{request.Route("thingId")}");
        routes.Map("GET", "/v1/projects/{projectId}/things/{thingId}", access, (_, _) => Task.FromResult(Results.Text(Answer)));
    }

    public void MapTriggers(ITriggerTable triggers)
    {
    }
}
