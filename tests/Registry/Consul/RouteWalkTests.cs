using System.Text.RegularExpressions;
using Saas.Hosting.Routing;
using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Consul;

/// <summary>Every route of the module, whoever wrote it.</summary>
public sealed partial class RouteWalkTests
{
    /// <summary>What Consul answers without a token, too: they say nothing of any tenant.</summary>
    private static readonly string[] Public = ["/v1/status/leader", "/v1/status/peers"];

    [Fact]
    public async Task EveryRoute_RequiresAPermission()
    {
        await using var host = await RegistryHost.StartAsync();

        Assert.True(Own(host).Count() > 50, $"only {Own(host).Count()} routes");
        Assert.All(Own(host), route => Assert.Contains(':', route.Access.Action!));
        Assert.Equal(Public, host.Routes.Routes.Where(r => r.Access.IsPublic && IsApi(r)).Select(r => r.Pattern));
    }

    [Fact]
    public async Task EveryRoute_WithoutAToken_IsDenied()
    {
        await using var host = await RegistryHost.StartAsync();
        using var client = host.Client();

        foreach (var route in Own(host))
        {
            var reply = await client.CallAsync(route.Method, PathOf(route));
            Assert.True(reply.Status == 403 && reply.Type == "text/plain", $"{route}: {reply.Status} {reply.Type} {reply.Text}");
            Assert.Contains("Permission denied", reply.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task EveryRoute_WithABadToken_IsDenied()
    {
        await using var host = await RegistryHost.StartAsync();
        using var client = host.Client("b1gs33cr3t-0000-0000-0000-000000000000");

        foreach (var route in Own(host))
        {
            var reply = await client.CallAsync(route.Method, PathOf(route));
            Assert.True(reply.Status == 403, $"{route}: {reply.Status} {reply.Text}");
            Assert.Equal("ACL not found", reply.Text);
        }
    }

    [Fact]
    public async Task EveryRoute_WithoutAnyOfItsActions_IsDenied()
    {
        await using var host = await RegistryHost.StartAsync();
        var acme = await host.SignUpAsync();
        using var nobody = host.Client(await host.KeyAsync(acme, null, change: key => key with { Policies = [] }));

        foreach (var route in Own(host))
        {
            // What a change of the catalog is on stands in its body: a right to it is asked for once that is known.
            var reply = await nobody.CallAsync(route.Method, PathOf(route), """{"Node":"n1","Address":"10.0.0.1"}""");
            Assert.True(reply.Status == 403, $"{route}: {reply.Status} {reply.Text}");
        }
    }

    [Fact]
    public async Task EveryRoute_WithAStrangersToken_FindsNoProjectOfTheTenant()
    {
        await using var host = await RegistryHost.StartAsync();
        var acme = await host.SignUpAsync();
        var shop = await host.AddProjectAsync(acme, "acmeshop");
        var stranger = (await host.SignUpAsync("stranger")).Client;

        foreach (var route in Own(host))
        {
            foreach (var name in (string[])[acme.ProjectId, shop.Id, "acmeshop"])
            {
                var reply = await stranger.CallAsync(route.Method, $"{PathOf(route)}?ns={name}");
                Assert.True(reply.Status is 403 or 404, $"{route} in {name}: {reply.Status} {reply.Text}");
            }
        }
    }

    [Theory]
    [InlineData("operator", 200, 200, 200)]
    [InlineData("developer", 200, 200, 200)]
    [InlineData("auditor", 403, 200, 403)]
    public async Task A_role_may_what_it_is_for(string role, int register, int read, int put)
    {
        await using var host = await RegistryHost.StartAsync();
        using var client = host.Client(await host.KeyAsync(await host.SignUpAsync(), role));

        Assert.Equal(register, (await client.TellAsync("/v1/catalog/register", """{"Node":"n1","Address":"10.0.0.1"}""")).Status);
        Assert.Equal(read, (await client.AskAsync("/v1/health/service/web?passing")).Status);
        Assert.Equal(read, (await client.AskAsync("/v1/registry/feed")).Status);
        Assert.Equal(put, (await client.TellAsync("/v1/kv/a", "1")).Status);
    }

    private static IEnumerable<ApiRoute> Own(RegistryHost host) => host.Routes.Routes.Where(r => IsApi(r) && !r.Access.IsPublic);

    private static bool IsApi(ApiRoute route) => route.Pattern.StartsWith("/v1/", StringComparison.Ordinal);

    private static string PathOf(ApiRoute route) => Parameter().Replace(route.Pattern, "web");

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();
}
