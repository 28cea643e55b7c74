using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Modules;

namespace Saas.Hosting.Tests.Support;

/// <summary>A module made of what a test gives it.</summary>
public sealed class TestModule : IModule
{
    public string Name => "testing";

    public List<Action<IRouteTable>> Routes { get; } = [];

    public List<Action<ITriggerTable>> Triggers { get; } = [];

    public TestModule Get(string pattern, RouteAccess access, Func<ApiRequest, IResult> answer) =>
        With(routes => routes.Map("GET", pattern, access, (request, _) => Task.FromResult(answer(request))));

    public TestModule Post(string pattern, RouteAccess access, RouteHandler handler) =>
        With(routes => routes.Map("POST", pattern, access, handler));

    public TestModule With(Action<IRouteTable> map)
    {
        Routes.Add(map);
        return this;
    }

    public TestModule WithTrigger(Action<ITriggerTable> map)
    {
        Triggers.Add(map);
        return this;
    }

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
    }

    public void MapRoutes(IRouteTable routes) => Routes.ForEach(map => map(routes));

    public void MapTriggers(ITriggerTable triggers) => Triggers.ForEach(map => map(triggers));
}
