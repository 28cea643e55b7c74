using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.Identity.Access;

namespace Saas.Encryption.Tests.Sys;

public sealed class CapabilitiesTests
{
    [Fact]
    public async Task OfAnOwner_AreWhatThePathTakes()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        var reply = await AskAsync(acme.Client, "sys/mounts/transit", "sys/namespaces", "sys/nothing", "none/keys/a");

        Assert.Equal(["create", "delete", "read", "update"], Of(reply, "sys/mounts/transit"));
        Assert.Equal(["list"], Of(reply, "sys/namespaces"));
        Assert.Equal(["deny"], Of(reply, "sys/nothing"));
        Assert.Equal(["deny"], Of(reply, "none/keys/a"));
        Assert.Equal(["list"], reply.Json!["sys/namespaces"]!.AsArray().Select(c => (string)c!));
    }

    [Fact]
    public async Task OfAPolicy_AreWhatItAllowsAndNoMore()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var reader = host.Client(await host.KeyAsync(acme, null, change: key => key with
        {
            Policies =
            [
                new AccessPolicy("reader", [
                    new PolicyStatement(PolicyEffect.Allow, ["mounts:*"], [$"project/{acme.ProjectId}/mount*"]),
                    new PolicyStatement(PolicyEffect.Deny, ["mounts:write"], [$"project/{acme.ProjectId}/mount/secret"]),
                ]),
            ],
        }));

        var reply = await AskAsync(reader, "sys/mounts/secret", "sys/mounts/transit/", "sys/mounts/secret/tune", "auth/token/create", "auth/token/lookup-self");

        Assert.Equal(["read"], Of(reply, "sys/mounts/secret"));
        Assert.Equal(["create", "delete", "read", "update"], Of(reply, "sys/mounts/transit/"));
        Assert.Equal(["read"], Of(reply, "sys/mounts/secret/tune"));
        Assert.Equal(["deny"], Of(reply, "auth/token/create"));
        Assert.Equal(["create", "read", "update"], Of(reply, "auth/token/lookup-self"));
    }

    [Fact]
    public async Task OfOnePath_StandUnderCapabilitiesToo()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        var reply = (await acme.Client.WriteAsync("sys/capabilities-self", JsonNode.Parse("""{"path":"sys/mounts"}"""))).MustBeOk();

        Assert.Equal(["read"], Of(reply, "capabilities"));
        Assert.Equal(["read"], reply.Json!["capabilities"]!.AsArray().Select(c => (string)c!));
    }

    [Fact]
    public async Task OfAnotherToken_AreNotTold()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var other = await host.KeyAsync(acme, "developer");

        (await acme.Client.WriteAsync("sys/capabilities", new JsonObject { ["token"] = other, ["paths"] = "sys/mounts" }))
            .MustFail(HttpStatusCode.BadRequest, "only to the token itself");
        (await acme.Client.WriteAsync("sys/capabilities", new JsonObject { ["token"] = acme.Token, ["paths"] = "sys/mounts" })).MustBeOk();
        (await acme.Client.WriteAsync("sys/capabilities-accessor", new JsonObject { ["accessor"] = "x", ["paths"] = "sys/mounts" }))
            .Must(HttpStatusCode.BadRequest);
        (await acme.Client.WriteAsync("sys/capabilities-self", new JsonObject())).MustFail(HttpStatusCode.BadRequest, "paths must be supplied");
    }

    private static async Task<VaultReply> AskAsync(HttpClient client, params string[] paths) =>
        (await client.WriteAsync("sys/capabilities-self", new JsonObject { ["paths"] = new JsonArray([.. paths.Select(p => (JsonNode)p)]) })).MustBeOk();

    private static string[] Of(VaultReply reply, string path) => [.. reply.Data[path]!.AsArray().Select(c => (string)c!)];
}
