using System.Net;
using Saas.Encryption.Tests.Shared;
using Saas.Identity.Access;

namespace Saas.Encryption.Tests.Sys;

/// <summary>What <c>vault kv</c> asks before it reads or writes.</summary>
public sealed class UiMountTests
{
    [Theory]
    [InlineData("secret")]
    [InlineData("secret/")]
    [InlineData("secret/data/deep/er")]
    [InlineData("secret/deep/")]
    public async Task Find_APathInAMount_TellsMountAndVersion(string path)
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        var found = (await acme.Client.ReadAsync("sys/internal/ui/mounts/" + path)).MustBeOk().Data;

        Assert.Equal("secret/", (string)found["path"]!);
        Assert.Equal("2", (string)found["options"]!["version"]!);
    }

    [Fact]
    public async Task Find_WhereTheCallerMayDoNothing_IsAsIfThereWereNothing()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var app = host.Client(await host.KeyAsync(acme, null, change: key => key with
        {
            Policies = [Allow("app", "kv:read", $"project/{acme.ProjectId}/kv/secret/app/*")],
        }));

        (await app.ReadAsync("sys/internal/ui/mounts/secret/app/db")).MustBeOk();
        var hidden = (await app.ReadAsync("sys/internal/ui/mounts/transit/keys")).MustFail(HttpStatusCode.Forbidden, "preflight capability check");
        var absent = (await app.ReadAsync("sys/internal/ui/mounts/nothing/keys")).MustFail(HttpStatusCode.Forbidden, "preflight capability check");
        Assert.Equal(hidden.Text.Replace("transit", "nothing", StringComparison.Ordinal), absent.Text);
        Assert.Equal(["secret/"], (await app.ReadAsync("sys/internal/ui/mounts")).MustBeOk().Data["secret"]!.AsObject().Select(m => m.Key));
    }

    [Fact]
    public async Task Find_InAnotherProjectThanTheKeys_IsForbidden()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var shop = await host.AddProjectAsync(acme, "shop");
        var confined = host.Client(await host.KeyAsync(acme, "owner", shop.Id));

        (await confined.CallAsync("GET", "sys/internal/ui/mounts/secret", null, ("X-Vault-Namespace", "shop"))).MustBeOk();
        (await confined.ReadAsync("sys/internal/ui/mounts/secret")).Must(HttpStatusCode.Forbidden);
    }

    private static AccessPolicy Allow(string name, string action, string resource) =>
        new(name, [new PolicyStatement(PolicyEffect.Allow, [action], [resource])]);
}
