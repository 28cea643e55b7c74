using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Kv;

public sealed class CheckAndSetTests : IAsyncLifetime
{
    private const string Mismatch = "check-and-set parameter did not match the current version";
    private const string Required = "check-and-set parameter required for this call";

    private EncryptionHost _host = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await EncryptionHost.StartAsync();
        _client = (await _host.SignUpAsync()).Client;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task AWriteIsDoneOnlyOnTheVersionItNames()
    {
        (await _client.PutAsync("a", "{}", cas: 1)).MustFail(HttpStatusCode.BadRequest, Mismatch);
        (await _client.PutAsync("a", "{}", cas: -1)).MustFail(HttpStatusCode.BadRequest, Mismatch);
        (await _client.PutAsync("a", "{}", cas: 0)).MustBeOk();
        (await _client.PutAsync("a", "{}", cas: 0)).MustFail(HttpStatusCode.BadRequest, Mismatch);
        (await _client.PutAsync("a", "{}", cas: 1)).MustBeOk();
        Assert.Equal(2, (await _client.ReadDataAsync("a")).Version());
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("\"0\"", true)]
    [InlineData("null", true)]
    [InlineData("\"1\"", false)]
    [InlineData("true", false)]
    public async Task TheNumberMayBeAnythingVaultTakesForOne(string cas, bool isDone)
    {
        var reply = await _client.WriteAsync("secret/data/a", JsonNode.Parse($$$"""{"data":{},"options":{"cas":{{{cas}}}}}"""));
        _ = isDone ? reply.MustBeOk() : reply.MustFail(HttpStatusCode.BadRequest, Mismatch);
    }

    [Fact]
    public async Task ASecretMayRequireIt()
    {
        (await _client.WriteAsync("secret/metadata/a", JsonNode.Parse("""{"cas_required":"true"}"""))).MustBeEmpty();
        (await _client.PutAsync("a", "{}")).MustFail(HttpStatusCode.BadRequest, Required);
        (await _client.PutAsync("a", "{}", cas: 0)).MustBeOk();
        (await _client.PatchDataAsync("a", "{}")).MustFail(HttpStatusCode.BadRequest, Required);
        (await _client.PatchDataAsync("a", "{}", cas: 2)).MustFail(HttpStatusCode.BadRequest, Mismatch);
        (await _client.PatchDataAsync("a", "{}", cas: 1)).MustBeOk();
        (await _client.PutAsync("b", "{}")).MustBeOk();
    }

    [Fact]
    public async Task AMountMayRequireIt_WhateverItsSecretsSay()
    {
        (await _client.PutAsync("a", "{}")).MustBeOk();
        (await _client.WriteAsync("secret/config", JsonNode.Parse("""{"cas_required":true}"""))).MustBeEmpty();
        (await _client.PutAsync("a", "{}")).MustFail(HttpStatusCode.BadRequest, Required);
        var ignored = (await _client.WriteAsync("secret/metadata/a", JsonNode.Parse("""{"cas_required":false}"""))).MustBeOk();
        Assert.Contains(ignored.Warnings, w => w.Contains("mandated by backend config", StringComparison.Ordinal));
        var patched = (await _client.PatchAsync("secret/metadata/a", """{"cas_required":false}""")).MustBeOk();
        Assert.Contains(patched.Warnings, w => w.Contains("mandated by backend config", StringComparison.Ordinal));
        (await _client.PutAsync("a", "{}")).MustFail(HttpStatusCode.BadRequest, Required);
        (await _client.PutAsync("a", "{}", cas: 1)).MustBeOk();
    }
}
