using System.Net;
using System.Text.RegularExpressions;
using Saas.Encryption.Tests.Shared;
using Saas.Hosting.Routing;

namespace Saas.Encryption.Tests.Sys;

/// <summary>Every route of the module, whoever wrote it.</summary>
public sealed partial class RouteWalkTests
{
    [Fact]
    public async Task EveryRoute_RequiresAPermissionOrSaysWhyNot()
    {
        await using var host = await EncryptionHost.StartAsync();

        Assert.All(host.Routes.Routes, route => Assert.False(string.IsNullOrEmpty(route.Access.Action ?? route.Access.PublicReason), route.ToString()));
        Assert.All(Own(host).Where(r => !r.Access.IsPublic), route => Assert.Contains(':', route.Access.Action!));
    }

    [Fact]
    public async Task EveryRoute_WithoutAToken_IsDeniedInVaultsBody()
    {
        await using var host = await EncryptionHost.StartAsync();

        foreach (var route in Own(host).Where(r => !r.Access.IsPublic))
        {
            var reply = await host.Client().CallAsync(route.Method, PathOf(route));
            Assert.True(reply.Status == HttpStatusCode.Forbidden, $"{route}: {reply.Status} {reply.Text}");
            Assert.Equal(["permission denied"], reply.Errors);
        }
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("hvs.CAESIJdummydummydummy")]
    [InlineData("saas_0000000000000000000000000000000000000000000000000000_0000000000000000000000000000000000000000000000000000")]
    public async Task EveryRoute_WithABadToken_IsDenied(string token)
    {
        await using var host = await EncryptionHost.StartAsync();
        var client = host.Client(token);

        foreach (var route in Own(host).Where(r => !r.Access.IsPublic))
        {
            var reply = await client.CallAsync(route.Method, PathOf(route));
            Assert.True(reply.Status == HttpStatusCode.Forbidden, $"{route}: {reply.Status} {reply.Text}");
            Assert.Contains("permission denied", reply.Errors[0], StringComparison.Ordinal);
        }
    }

    /// <summary>Another tenant's project cannot be entered, by name or by id, and nothing of it is told.</summary>
    [Fact]
    public async Task EveryRoute_WithAStrangersToken_GivesNothingOfTheTenant()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var shop = await host.AddProjectAsync(acme, "acmeshop");
        var stranger = (await host.SignUpAsync("stranger")).Client;

        foreach (var route in Own(host).Where(r => !r.Access.IsPublic && !IsOfTheCallerAlone(r)))
        {
            foreach (var name in (string[])[acme.ProjectId, shop.Id, "acmeshop"])
            {
                var reply = await stranger.CallAsync(route.Method, PathOf(route), null, ("X-Vault-Namespace", name));
                Assert.True(
                    reply.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound,
                    $"{route} in {name}: {reply.Status} {reply.Text}");
            }
        }
    }

    /// <summary>What is about the caller's own token, tenant or body, in whatever namespace.</summary>
    private static bool IsOfTheCallerAlone(ApiRoute route) =>
        route.Pattern.StartsWith("/v1/auth/token/", StringComparison.Ordinal)
        || route.Pattern.StartsWith("/v1/sys/audit", StringComparison.Ordinal)
        || route.Pattern is "/v1/sys/namespaces" or "/v1/sys/namespaces/{path}" or "/v1/sys/wrapping/wrap"
            or "/v1/sys/capabilities" or "/v1/sys/capabilities-self" or "/v1/sys/capabilities-accessor";

    [Fact]
    public async Task EveryRoute_WithARoleThatHasNoneOfItsActions_IsDenied()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var nobody = host.Client(await host.KeyAsync(acme, null, change: key => key with { Policies = [] }));

        foreach (var route in Own(host).Where(r => r.Access.Action is { } action && !action.StartsWith("self:", StringComparison.Ordinal)))
        {
            var reply = await nobody.CallAsync(route.Method, PathOf(route));
            Assert.True(reply.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound, $"{route}: {reply.Status} {reply.Text}");
        }
    }

    [Fact]
    public async Task Document_HasEveryPath()
    {
        await using var host = await EncryptionHost.StartAsync();

        var document = System.Text.Json.Nodes.JsonNode.Parse(await host.Client().GetStringAsync("/openapi/v1.json"))!;

        foreach (var route in Own(host))
        {
            var path = CatchAll().Replace(route.Pattern, "{");
            var method = route.Method == "LIST" ? "x-list" : route.Method.ToLowerInvariant();
            Assert.True(document["paths"]![path]?[method] is not null, $"{method} {path} is not in the document.");
        }
    }

    private static IEnumerable<ApiRoute> Own(EncryptionHost host) =>
        host.Routes.Routes.Where(r => r.Pattern.StartsWith("/v1/", StringComparison.Ordinal));

    private static string PathOf(ApiRoute route) => Parameter().Replace(route.Pattern["/v1/".Length..], match => match.Groups["name"].Value switch
    {
        "mount" => route.Access.Action!.StartsWith("kv:", StringComparison.Ordinal) ? "secret" : "transit",
        "version" => "1",
        var name => "some" + name,
    });

    [GeneratedRegex(@"\{\*{0,2}(?<name>[A-Za-z]+)[^}]*\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\{\*+", RegexOptions.None, 1000)]
    private static partial Regex CatchAll();
}
