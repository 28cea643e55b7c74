using System.Net;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Tests.Support;

namespace Saas.Hosting.Tests.Routing;

public sealed class RoutingTests
{
    private static readonly RouteAccess Open = RouteAccess.Public("a test");

    [Fact]
    public async Task AnUnknownAddressIsAProblem()
    {
        await using var app = await TestApp.StartAsync(new TestModule().Get("/v1/here", Open, _ => Results.Ok()));
        await (await app.Client.GetAsync("/v1/there")).ProblemAsync(HttpStatusCode.NotFound, "no-such-route");
    }

    [Fact]
    public async Task AWrongMethodIsAProblemThatNamesTheRightOnes()
    {
        await using var app = await TestApp.StartAsync(new TestModule().Get("/v1/here", Open, _ => Results.Ok()));
        var response = await app.Client.DeleteAsync("/v1/here");
        await response.ProblemAsync(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
        Assert.Equal(["GET"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task AHandlersOwnEmptyNotFoundStaysAsItIs()
    {
        await using var app = await TestApp.StartAsync(new TestModule().Get("/v1/here", Open, _ => Results.NotFound()));
        var response = await app.Client.GetAsync("/v1/here");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task TheMethodListOfVaultIsRouted()
    {
        await using var app = await TestApp.StartAsync(new TestModule().With(
            r => r.Map("LIST", "/v1/secrets", Open, (_, _) => Task.FromResult(Results.Text("listed")))));
        var response = await app.Client.SendAsync(new HttpRequestMessage(new HttpMethod("LIST"), "/v1/secrets"));
        Assert.Equal("listed", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task ARouteMappedTwiceDoesNotStart() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(
            new TestModule().Get("/v1/here", Open, _ => Results.Ok()).Get("/v1/here", Open, _ => Results.Ok())));

    [Fact]
    public async Task ARouteWithoutAccessDoesNotStart()
    {
        var module = new TestModule().Get("/v1/here", null!, _ => Results.Ok());
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(module));
        Assert.Contains("GET /v1/here", refused.Message, StringComparison.Ordinal);
    }
}
