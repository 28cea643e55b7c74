using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Sys;

public sealed class StatusTests
{
    [Fact]
    public async Task Health_WithoutCredential_TellsVaultsFields()
    {
        await using var host = await EncryptionHost.StartAsync();

        var health = (await host.Client().ReadAsync("sys/health")).MustBeOk().Json!.AsObject();

        Assert.True((bool)health["initialized"]!);
        Assert.False((bool)health["sealed"]!);
        Assert.False((bool)health["standby"]!);
        Assert.Equal("disabled", (string)health["replication_dr_mode"]!);
        Assert.Equal("1.21.0", (string)health["version"]!);
        Assert.True((long)health["server_time_utc"]! > 1_700_000_000);
    }

    [Theory]
    [InlineData("?standbyok=true", 200)]
    [InlineData("?activecode=204&sealedcode=500", 204)]
    [InlineData("?activecode=299&perfstandbyok=1", 299)]
    [InlineData("?standbyok=perhaps", 400)]
    [InlineData("?sealedcode=often", 400)]
    [InlineData("?activecode=99", 400)]
    public async Task Health_WithParameters_AnswersTheirStatus(string query, int status)
    {
        await using var host = await EncryptionHost.StartAsync();

        (await host.Client().ReadAsync("sys/health" + query)).Must((HttpStatusCode)status);
    }

    [Fact]
    public async Task Health_AskedWithHead_HasNoBody()
    {
        await using var host = await EncryptionHost.StartAsync();

        var reply = await host.Client().CallAsync("HEAD", "sys/health");

        Assert.Equal("", reply.MustBeOk().Text);
    }

    [Fact]
    public async Task SealStatus_LeaderAndInit_AreToldToAnyone()
    {
        await using var host = await EncryptionHost.StartAsync();

        var seal = (await host.Client().ReadAsync("sys/seal-status")).MustBeOk().Json!.AsObject();
        Assert.False((bool)seal["sealed"]!);
        Assert.Equal("1.21.0", (string)seal["version"]!);
        Assert.Equal("static", (string)seal["type"]!);
        Assert.False((bool)(await host.Client().ReadAsync("sys/leader")).MustBeOk().Json!["ha_enabled"]!);
        Assert.True((bool)(await host.Client().ReadAsync("sys/init")).MustBeOk().Json!["initialized"]!);
    }

    [Fact]
    public async Task AuthMethods_AreTokensAlone()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        var reply = (await acme.Client.ReadAsync("sys/auth")).MustBeOk();

        Assert.Equal("token", (string)reply.Data["token/"]!["type"]!);
        Assert.Equal("token", (string)reply.Json!["token/"]!["type"]!);
        Assert.Single(reply.Data);
    }

    [Fact]
    public async Task Namespaces_AreTheTenantsProjects()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var shop = await host.AddProjectAsync(acme, "shop");
        var confined = host.Client(await host.KeyAsync(acme, "developer", shop.Id));

        var all = (await acme.Client.ListAsync("sys/namespaces")).MustBeOk().Data;
        Assert.Equal(["default/", "shop/"], all["keys"]!.AsArray().Select(k => (string)k!));
        Assert.Equal(shop.Id, (string)all["key_info"]!["shop/"]!["id"]!);
        Assert.Equal(["shop/"], (await confined.ListAsync("sys/namespaces")).MustBeOk().Data["keys"]!.AsArray().Select(k => (string)k!));
        Assert.Equal("shop/", (string)(await confined.ReadAsync("sys/namespaces/shop")).MustBeOk().Data["path"]!);
        (await confined.ReadAsync("sys/namespaces/default")).Must(HttpStatusCode.Forbidden);
        (await acme.Client.ReadAsync("sys/namespaces/none")).Must(HttpStatusCode.NotFound);
        (await acme.Client.WriteAsync("sys/namespaces/new", new JsonObject())).Must(HttpStatusCode.MethodNotAllowed);
    }
}
