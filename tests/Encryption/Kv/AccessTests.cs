using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Mounts;
using Saas.Encryption.Tests.Shared;
using Saas.Identity.Access;
using Saas.Storage.Tables;

namespace Saas.Encryption.Tests.Kv;

/// <summary>Who may do what, where, and that nobody sees what is another's.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private EncryptionHost _host = null!;
    private Customer _acme = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await EncryptionHost.StartAsync();
        _acme = await _host.SignUpAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task AnotherTenantSeesNothing()
    {
        (await _acme.Client.PutAsync("a/b", """{"n":1}""")).MustBeOk();
        var other = (await _host.SignUpAsync("other")).Client;
        (await other.ReadDataAsync("a/b")).Must(HttpStatusCode.NotFound);
        Assert.Empty(await other.NamesAsync(""));
        (await other.RemoveAsync("secret/metadata/a/b")).MustBeEmpty();
        (await other.PutAsync("a/b", """{"n":2}""", cas: 0)).MustBeOk();
        (await other.CallAsync("GET", "secret/data/a/b", null, ("X-Vault-Namespace", _acme.ProjectId))).Must(HttpStatusCode.NotFound);
        Assert.Equal("""{"n":1}""", (await _acme.Client.ReadDataAsync("a/b")).MustBeOk().Data["data"].Json());
    }

    [Fact]
    public async Task AnotherProjectHasSecretsOfItsOwn()
    {
        var project = await _host.AddProjectAsync(_acme, "second");
        (await _acme.Client.PutAsync("a", """{"n":1}""")).MustBeOk();
        (await _acme.Client.CallAsync("GET", "secret/data/a", null, ("X-Vault-Namespace", "second"))).Must(HttpStatusCode.NotFound);
        (await _acme.Client.CallAsync("POST", "secret/data/a", JsonNode.Parse("""{"data":{"n":2}}"""), ("X-Vault-Namespace", project.Id))).MustBeOk();
        Assert.Equal("""{"n":1}""", (await _acme.Client.ReadDataAsync("a")).MustBeOk().Data["data"].Json());

        using var confined = _host.Client(await _host.KeyAsync(_acme, "owner", project.Id));
        (await confined.ReadDataAsync("a")).MustFail(HttpStatusCode.Forbidden, "permission denied");
        (await confined.CallAsync("GET", "secret/data/a", null, ("X-Vault-Namespace", "second"))).MustBeOk();
    }

    [Fact]
    public async Task AnotherMountHasSecretsOfItsOwn_AndOneMountedAnewIsEmpty()
    {
        await MountAsync("other", "first");
        (await _acme.Client.PutAsync("a", """{"n":1}""")).MustBeOk();
        (await _acme.Client.ReadAsync("other/data/a")).Must(HttpStatusCode.NotFound);
        (await _acme.Client.WriteAsync("other/data/a", JsonNode.Parse("""{"data":{"n":2}}"""))).MustBeOk();
        (await _acme.Client.WriteAsync("other/config", JsonNode.Parse("""{"cas_required":true}"""))).MustBeEmpty();
        Assert.Equal("""{"n":1}""", (await _acme.Client.ReadDataAsync("a")).MustBeOk().Data["data"].Json());
        Assert.Equal("""{"n":2}""", (await _acme.Client.ReadAsync("other/data/a")).MustBeOk().Data["data"].Json());
        (await _acme.Client.PutAsync("a", "{}")).MustBeOk();

        await MountAsync("other", "second");
        (await _acme.Client.ReadAsync("other/data/a")).Must(HttpStatusCode.NotFound);
        (await _acme.Client.WriteAsync("other/data/a", JsonNode.Parse("""{"data":{}}"""))).MustBeOk();
    }

    [Fact]
    public async Task WithoutATokenNothingIsTold()
    {
        using var nobody = _host.Client();
        (await nobody.ReadDataAsync("a")).MustFail(HttpStatusCode.Forbidden, "permission denied");
        (await nobody.PutAsync("a", "{}")).MustFail(HttpStatusCode.Forbidden, "permission denied");
    }

    [Theory]
    [InlineData("kv:read", "GET data", "GET subkeys")]
    [InlineData("kv:write", "POST data", "PUT data")]
    [InlineData("kv:patch", "PATCH data")]
    [InlineData("kv:delete", "DELETE data", "POST delete")]
    [InlineData("kv:undelete", "POST undelete")]
    [InlineData("kv:destroy", "POST destroy")]
    [InlineData("kv:list", "LIST metadata")]
    [InlineData("kv:metadata-read", "GET metadata")]
    [InlineData("kv:metadata-write", "POST metadata", "PATCH metadata")]
    [InlineData("kv:metadata-delete", "DELETE metadata")]
    [InlineData("kv:config", "GET config", "POST config")]
    public async Task AnActionAllowsWhatItSaysAndNothingElse(string action, params string[] allowed)
    {
        string[] all =
        [
            "GET data", "GET subkeys", "POST data", "PUT data", "PATCH data", "DELETE data", "POST delete", "POST undelete", "POST destroy",
            "LIST metadata", "GET metadata", "POST metadata", "PATCH metadata", "DELETE metadata", "GET config", "POST config",
        ];
        using var client = await ClientAsync(new PolicyStatement(PolicyEffect.Allow, [action], ["*"]));
        foreach (var call in all)
        {
            var (method, area) = (call.Split(' ')[0], call.Split(' ')[1]);
            var path = area == "config" ? "secret/config" : $"secret/{area}/a";
            var reply = await client.CallAsync(method, path);
            Assert.True(allowed.Contains(call) == (reply.Status != HttpStatusCode.Forbidden), $"{call} with {action}: {reply.Status} {reply.Text}");
        }
    }

    [Fact]
    public async Task APolicyNamesPaths_AndNoWayOfWritingThemEscapesIt()
    {
        var project = $"project/{_acme.ProjectId}/kv/secret/";
        using var client = await ClientAsync(
            new PolicyStatement(PolicyEffect.Allow, ["kv:*"], [project + "app/*"]),
            new PolicyStatement(PolicyEffect.Deny, ["kv:*"], [project + "app/root/*"]));
        await _acme.Client.PutAsync("app/root/key", "{}");
        (await client.PutAsync("app/db", "{}")).MustBeOk();
        Assert.Equal(["db", "root/"], await client.NamesAsync("app"));
        foreach (var path in new[] { "app/root/key", "app%2Froot/key", "app/root%2Fkey", "app/x/../root/key", "app/%72oot/key" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await client.ReadDataAsync(path)).Status);
        }

        foreach (var folder in new[] { "app/root", "app/root/", "app%2Froot" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await client.ListAsync("secret/metadata/" + folder)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await client.ReadAsync($"secret/metadata/{folder}?list=true")).Status);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await client.ReadDataAsync("other")).Status);
    }

    private async Task MountAsync(string path, string id)
    {
        var table = new MountTableRecord([.. MountTableRecord.Default.Mounts, new MountRecord(path, Mounts.Engine.Kv, id, "", null)]);
        var mounts = _host.Service<SealedMounts>();
        var row = await mounts.FindAsync(_acme.Scope, _acme.ProjectId, CancellationToken.None);
        Assert.True(await mounts.TryWriteAsync(_acme.Scope, _acme.ProjectId, table, row?.ETag, CancellationToken.None));
        _host.Signal.Raise(MountRows.Topic(_acme.ProjectId));
    }

    private async Task<HttpClient> ClientAsync(params PolicyStatement[] statements)
    {
        var token = await _host.KeyAsync(_acme, null, change: key => key with { Policies = [new AccessPolicy("test", statements)] });
        return _host.Client(token);
    }
}
