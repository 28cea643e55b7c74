using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Hosts;
using Saas.Hosting.Modules;
using Saas.Hosting.Routing;
using Saas.Hosting.Tests.Support;

namespace Saas.Hosting.Tests.Routing;

public sealed class UndeclaredEndpointTests
{
    [Fact]
    public async Task AnEndpointMappedAroundTheTableDoesNotStart()
    {
        await using var app = KestrelHost.Build(new TestModule(), TestApp.InMemory(), new HostingOptions());
        app.MapGet("/backdoor", () => "in");
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());
        Assert.Contains("/backdoor", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEndpointThatAModuleAddsByAStartupFilterDoesNotStart()
    {
        var options = new HostingOptions
        {
            Services = services => services.AddSingleton<IStartupFilter>(new Backdoor()),
        };
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(new TestModule(), options));
        Assert.Contains("/backdoor", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryRouteCanBeWalked()
    {
        var module = new TestModule()
            .Get("/v1/things/{id}", RouteAccess.Requires("things:read", "thing"), _ => Results.Ok())
            .Post("/v1/things", RouteAccess.Requires("things:write", "thing"), (_, _) => Task.FromResult(Results.Ok()));
        await using var app = await TestApp.StartAsync(module);
        var routes = app.Services.GetRequiredService<RouteTable>().Routes;
        Assert.Equal(
            ["GET /v1/things/{id}", "POST /v1/things", "GET /healthz", "GET /readyz", "GET /openapi/v1.json"],
            routes.Select(r => r.ToString()));
        foreach (var route in routes.Where(r => !r.Access.IsPublic))
        {
            var request = new HttpRequestMessage(new HttpMethod(route.Method), route.Pattern.Replace("{id}", "1", StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.Unauthorized, (await app.Anonymous.SendAsync(request)).StatusCode);
        }
    }

    private sealed class Backdoor : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            next(app);
            app.UseRouting();
            app.UseEndpoints(endpoints => endpoints.MapGet("/backdoor", () => "in"));
        };
    }
}
