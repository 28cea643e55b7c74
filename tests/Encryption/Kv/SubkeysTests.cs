using System.Net;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Kv;

public sealed class SubkeysTests : IAsyncLifetime
{
    private EncryptionHost _host = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await EncryptionHost.StartAsync();
        _client = (await _host.SignUpAsync()).Client;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("", """{"a":null,"b":{"c":{"d":null},"e":null,"f":null}}""")]
    [InlineData("?depth=0", """{"a":null,"b":{"c":{"d":null},"e":null,"f":null}}""")]
    [InlineData("?depth=1", """{"a":null,"b":null}""")]
    [InlineData("?depth=2", """{"a":null,"b":{"c":null,"e":null,"f":null}}""")]
    [InlineData("?depth=9", """{"a":null,"b":{"c":{"d":null},"e":null,"f":null}}""")]
    public async Task TheStructureIsToldWithoutValues(string query, string subkeys)
    {
        (await _client.PutAsync("a", """{"a":"hidden-1","b":{"c":{"d":"hidden-2"},"e":["hidden-3"],"f":{}}}""")).MustBeOk();
        var reply = (await _client.ReadAsync("secret/subkeys/a" + query)).MustBeOk();
        Assert.Equal(subkeys, reply.Data["subkeys"].Json());
        Assert.Equal(1, reply.Version());
        Assert.DoesNotContain("hidden", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AVersionMayBeAskedFor_AndADeletedOneHasNone()
    {
        await _client.PutAsync("a", """{"old":1}""");
        await _client.PutAsync("a", """{"new":1}""");
        Assert.Equal("""{"old":null}""", (await _client.ReadAsync("secret/subkeys/a?version=1")).MustBeOk().Data["subkeys"].Json());
        (await _client.ReadAsync("secret/subkeys/a?version=3")).Must(HttpStatusCode.NotFound);
        (await _client.ReadAsync("secret/subkeys/none")).Must(HttpStatusCode.NotFound);
        (await _client.ReadAsync("secret/subkeys/a?depth=x")).MustFail(HttpStatusCode.BadRequest, "field \"depth\"");
        await _client.RemoveAsync("secret/data/a");
        var deleted = (await _client.ReadAsync("secret/subkeys/a")).Must(HttpStatusCode.NotFound);
        Assert.Equal("null", deleted.Data["subkeys"].Json());
        Assert.Equal(2, deleted.Version());
    }
}
