using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.Identity.Access;
using Saas.Identity.Quotas;
using Saas.Identity.Tenants;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Sys;

public sealed class TokenTests
{
    [Fact]
    public async Task LookupSelf_OfAnApiKey_IsATokenOfVaults()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        var self = (await acme.Client.ReadAsync("auth/token/lookup-self")).MustBeOk();

        Assert.Equal(acme.Token, (string)self.Data["id"]!);
        Assert.StartsWith("key_", (string)self.Data["accessor"]!, StringComparison.Ordinal);
        Assert.Equal(["default", "owner"], self.Data["policies"]!.AsArray().Select(p => (string)p!));
        Assert.Equal("owner", (string)self.Data["display_name"]!);
        Assert.Null(self.Data["expire_time"]);
        Assert.Equal(0, (long)self.Data["ttl"]!);
        Assert.False((bool)self.Data["renewable"]!);
        Assert.True((bool)self.Data["orphan"]!);
        Assert.Equal("service", (string)self.Data["type"]!);
        Assert.False(self.Data.ContainsKey("namespace_path"));
        Assert.Equal("token", (string)self.Json!["mount_type"]!);
    }

    [Fact]
    public async Task LookupSelf_OfAConfinedKey_NamesItsNamespace()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var shop = await host.AddProjectAsync(acme, "shop");
        var confined = host.Client(await host.KeyAsync(acme, "developer", shop.Id));

        Assert.Equal("shop/", (string)(await confined.ReadAsync("auth/token/lookup-self")).MustBeOk().Data["namespace_path"]!);
    }

    [Fact]
    public async Task Create_AsTerraformDoes_GivesATokenOfTheCallersPoliciesForItsTime()
    {
        var time = new FakeTimeProvider();
        await using var host = await EncryptionHost.StartAsync(time: time);
        var acme = await host.SignUpAsync();

        var auth = (await acme.Client.WriteAsync("auth/token/create", JsonNode.Parse(
            """{"display_name":"terraform","ttl":"1200s","explicit_max_ttl":"1200s","renewable":false}"""))).MustBeOk().Json!["auth"]!;
        var child = host.Client((string)auth["client_token"]!);
        var self = (await child.ReadAsync("auth/token/lookup-self")).MustBeOk().Data;

        Assert.Equal(1200, (long)auth["lease_duration"]!);
        Assert.False((bool)auth["renewable"]!);
        Assert.Equal(["default", "owner"], auth["policies"]!.AsArray().Select(p => (string)p!));
        Assert.Equal("token-terraform", (string)self["display_name"]!);
        Assert.False((bool)self["orphan"]!);
        Assert.Equal(1200, (long)self["creation_ttl"]!);
        (await child.ReadAsync("sys/mounts")).MustBeOk();
        (await child.WriteAsync("auth/token/renew-self")).MustFail(HttpStatusCode.BadRequest, "lease is not renewable");
        time.Advance(TimeSpan.FromSeconds(1201));
        (await child.ReadAsync("auth/token/lookup-self")).MustFail(HttpStatusCode.Forbidden, "permission denied");
    }

    [Fact]
    public async Task Create_WithPolicies_GivesThoseAlone()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        var created = (await acme.Client.WriteAsync("auth/token/create", JsonNode.Parse("""{"policies":["auditor"],"ttl":"1h"}"""))).MustBeOk();
        var auditor = host.Client((string)created.Json!["auth"]!["client_token"]!);

        Assert.Equal(["auditor", "default"], created.Json["auth"]!["policies"]!.AsArray().Select(p => (string)p!));
        (await auditor.WriteAsync("sys/mounts/x", JsonNode.Parse("""{"type":"transit"}"""))).MustFail(HttpStatusCode.Forbidden, "permission denied");
    }

    [Fact]
    public async Task Create_BeyondTheCaller_IsRefused()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var developer = host.Client(await host.KeyAsync(acme, "developer"));
        var two = host.Client(await host.KeyAsync(acme, null, change: key => key with
        {
            Policies =
            [
                new AccessPolicy("all", [new PolicyStatement(PolicyEffect.Allow, ["*"], ["*"])]),
                new AccessPolicy("but", [new PolicyStatement(PolicyEffect.Deny, ["kv:*"], ["*"])]),
            ],
        }));

        (await developer.WriteAsync("auth/token/create", JsonNode.Parse("""{"policies":["owner"]}"""))).MustFail(HttpStatusCode.BadRequest, "must be subset of parent");
        (await developer.WriteAsync("auth/token/create", JsonNode.Parse("""{"policies":["root"]}"""))).MustFail(HttpStatusCode.BadRequest, "must be subset of parent");
        (await developer.WriteAsync("auth/token/create", JsonNode.Parse("""{"policies":["unknown"]}"""))).MustFail(HttpStatusCode.BadRequest, "must be subset of parent");
        (await two.WriteAsync("auth/token/create", JsonNode.Parse("""{"policies":["all"]}"""))).MustFail(HttpStatusCode.BadRequest, "must be subset of parent");
        (await two.WriteAsync("auth/token/create", JsonNode.Parse("""{"policies":["all","but"]}"""))).MustBeOk();
        (await developer.WriteAsync("auth/token/create-orphan")).MustFail(HttpStatusCode.BadRequest, "orphan");
        (await developer.WriteAsync("auth/token/create", JsonNode.Parse("""{"num_uses":1}"""))).MustFail(HttpStatusCode.BadRequest, "number of uses");
        (await developer.WriteAsync("auth/token/create", JsonNode.Parse("""{"type":"batch"}"""))).MustFail(HttpStatusCode.BadRequest, "batch");
        (await developer.WriteAsync("auth/token/create/role")).MustFail(HttpStatusCode.BadRequest, "roles");
        (await host.Client(await host.KeyAsync(acme, "auditor")).WriteAsync("auth/token/create")).Must(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Create_InANamespace_ConfinesTheToken()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        await host.AddProjectAsync(acme, "shop");

        var created = (await acme.Client.CallAsync("POST", "auth/token/create", new JsonObject(), ("X-Vault-Namespace", "shop"))).MustBeOk();
        var child = host.Client((string)created.Json!["auth"]!["client_token"]!);

        (await child.ReadAsync("sys/mounts")).Must(HttpStatusCode.Forbidden);
        (await child.CallAsync("GET", "sys/mounts", null, ("X-Vault-Namespace", "shop"))).MustBeOk();
        (await child.WriteAsync("auth/token/create")).MustBeOk();
        (await child.CallAsync("POST", "auth/token/create", new JsonObject(), ("X-Vault-Namespace", "default"))).Must(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Renew_GivesTimeUpToTheTokensEnd()
    {
        var time = new FakeTimeProvider();
        await using var host = await EncryptionHost.StartAsync(time: time);
        var acme = await host.SignUpAsync();
        var auth = (await acme.Client.WriteAsync("auth/token/create", JsonNode.Parse("""{"ttl":"1h","explicit_max_ttl":"90m"}"""))).MustBeOk().Json!["auth"]!;
        var child = host.Client((string)auth["client_token"]!);

        time.Advance(TimeSpan.FromMinutes(50));
        var renewed = (await child.WriteAsync("auth/token/renew-self", JsonNode.Parse("""{"increment":"2h"}"""))).MustBeOk().Json!["auth"]!;
        var byOwner = (await acme.Client.WriteAsync("auth/token/renew", new JsonObject { ["token"] = (string)auth["client_token"]!, ["increment"] = 600 })).MustBeOk();

        Assert.True((bool)auth["renewable"]!);
        Assert.Equal(40 * 60, (long)renewed["lease_duration"]!);
        Assert.Equal((string)auth["client_token"]!, (string)renewed["client_token"]!);
        Assert.Equal(600, (long)byOwner.Json!["auth"]!["lease_duration"]!);
        (await acme.Client.WriteAsync("auth/token/renew-self")).MustFail(HttpStatusCode.BadRequest, "lease is not renewable");
    }

    [Fact]
    public async Task AnOrphan_OutlivesItsMakersRevocation_ButNotItsMakersEnd()
    {
        var time = new FakeTimeProvider();
        await using var host = await EncryptionHost.StartAsync(time: time);
        var acme = await host.SignUpAsync();
        var maker = host.Client(await host.KeyAsync(acme, "owner", change: key => key with { ExpiresAt = time.GetUtcNow().AddHours(3) }));
        var auth = (await maker.WriteAsync("auth/token/create-orphan", JsonNode.Parse("""{"period":"1h"}"""))).MustBeOk().Json!["auth"]!;
        var orphan = host.Client((string)auth["client_token"]!);

        (await maker.WriteAsync("auth/token/revoke-self")).MustBeEmpty();
        Assert.True((bool)auth["orphan"]!);
        (await orphan.ReadAsync("auth/token/lookup-self")).MustBeOk();
        for (var left = 150; left > 0; left -= 30)
        {
            time.Advance(TimeSpan.FromMinutes(30));
            var renewed = (await orphan.WriteAsync("auth/token/renew-self")).MustBeOk().Json!["auth"]!;
            Assert.Equal(Math.Min(3600, left * 60), (long)renewed["lease_duration"]!);
        }

        time.Advance(TimeSpan.FromMinutes(31));
        (await orphan.ReadAsync("auth/token/lookup-self")).Must(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Revoke_OfAToken_EndsAllThatItMade()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var parent = host.Client(await TokenAsync(acme.Client));
        var child = host.Client(await TokenAsync(parent));
        var grandchild = host.Client(await TokenAsync(child));
        (await grandchild.ReadAsync("auth/token/lookup-self")).MustBeOk();

        (await parent.WriteAsync("auth/token/revoke-self")).MustBeEmpty();

        foreach (var client in (HttpClient[])[parent, child, grandchild])
        {
            (await client.ReadAsync("auth/token/lookup-self")).MustFail(HttpStatusCode.Forbidden, "permission denied");
        }

        (await acme.Client.ReadAsync("auth/token/lookup-self")).MustBeOk();
    }

    [Fact]
    public async Task Revoke_OfOthersTokens_TakesAPermissionOrHavingMadeThem()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var developer = host.Client(await host.KeyAsync(acme, "developer"));
        var (own, foreign) = (await TokenAsync(developer), await host.KeyAsync(acme, "developer"));
        var globex = await host.SignUpAsync("globex");

        (await developer.WriteAsync("auth/token/revoke", new JsonObject { ["token"] = foreign })).Must(HttpStatusCode.Forbidden);
        (await developer.WriteAsync("auth/token/revoke", new JsonObject { ["token"] = globex.Token })).MustBeEmpty();
        (await developer.WriteAsync("auth/token/revoke", new JsonObject { ["token"] = own })).MustBeEmpty();
        (await developer.WriteAsync("auth/token/revoke", new JsonObject { ["token"] = own })).MustBeEmpty();

        (await host.Client(own).ReadAsync("auth/token/lookup-self")).Must(HttpStatusCode.Forbidden);
        (await host.Client(foreign).ReadAsync("auth/token/lookup-self")).MustBeOk();
        (await globex.Client.ReadAsync("auth/token/lookup-self")).MustBeOk();
    }

    [Fact]
    public async Task RevokeSelf_OfTheLastOwner_IsRefused()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();

        (await acme.Client.WriteAsync("auth/token/revoke-self")).MustFail(HttpStatusCode.BadRequest, "last owner key");
        (await acme.Client.ReadAsync("auth/token/lookup-self")).MustBeOk();
    }

    [Fact]
    public async Task Accessors_NameTokensToWhoeverMayReadKeys()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var developer = host.Client(await host.KeyAsync(acme, "developer"));
        var accessor = (string)(await developer.ReadAsync("auth/token/lookup-self")).Data["accessor"]!;

        var seen = (await acme.Client.WriteAsync("auth/token/lookup-accessor", new JsonObject { ["accessor"] = accessor })).MustBeOk().Data;
        Assert.Equal("", (string)seen["id"]!);
        Assert.Equal(["default", "developer"], seen["policies"]!.AsArray().Select(p => (string)p!));
        Assert.Contains(accessor, (await acme.Client.ListAsync("auth/token/accessors")).MustBeOk().Data["keys"]!.AsArray().Select(k => (string)k!));
        (await developer.ListAsync("auth/token/accessors")).Must(HttpStatusCode.Forbidden);
        (await developer.WriteAsync("auth/token/lookup-accessor", new JsonObject { ["accessor"] = "key_0" })).MustFail(HttpStatusCode.Forbidden, "invalid accessor");
        (await acme.Client.WriteAsync("auth/token/revoke-accessor", new JsonObject { ["accessor"] = accessor })).MustBeEmpty();
        (await developer.ReadAsync("auth/token/lookup-self")).Must(HttpStatusCode.Forbidden);
        (await acme.Client.WriteAsync("auth/token/revoke-accessor", new JsonObject { ["accessor"] = accessor })).MustFail(HttpStatusCode.Forbidden, "invalid accessor");
    }

    [Fact]
    public async Task Tokens_CountAsKeys_AndGiveTheirPlaceBackOnceExpired()
    {
        var time = new FakeTimeProvider();
        await using var host = await EncryptionHost.StartAsync(time: time);
        var acme = await host.SignUpAsync();
        await TokenAsync(acme.Client);
        Assert.Equal(2, (await acme.Scope.FindTenantAsync(CancellationToken.None))!.Used(QuotaKind.Keys));

        time.Advance(TimeSpan.FromHours(2));
        await TokenAsync(acme.Client);

        Assert.Equal(2, (await acme.Scope.FindTenantAsync(CancellationToken.None))!.Used(QuotaKind.Keys));
    }

    [Fact]
    public async Task ATokensToken_CanGoOnlySoDeep()
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var client = acme.Client;
        for (var depth = 0; depth < 8; depth++)
        {
            client = host.Client(await TokenAsync(client));
        }

        (await client.WriteAsync("auth/token/create")).MustFail(HttpStatusCode.BadRequest, "deep");
    }

    private static async Task<string> TokenAsync(HttpClient client) =>
        (string)(await client.WriteAsync("auth/token/create", JsonNode.Parse("""{"ttl":"1h"}"""))).MustBeOk().Json!["auth"]!["client_token"]!;
}
