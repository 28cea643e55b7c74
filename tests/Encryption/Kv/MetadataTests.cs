using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Kv;

public sealed class MetadataTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
    private EncryptionHost _host = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await EncryptionHost.StartAsync(time: _time);
        _client = (await _host.SignUpAsync()).Client;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task AllThatIsKnownOfASecretIsTold()
    {
        (await WriteAsync("""{"max_versions":5,"cas_required":false,"delete_version_after":"3h25m19s","custom_metadata":{"team":"db","n":1,"b":true}}""")).MustBeEmpty();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("""{"b":"1","n":"1","team":"db"}""", (await _client.PutAsync("a", "{}")).MustBeOk().Data["custom_metadata"].Json());
        (await _client.RemoveAsync("secret/data/a")).MustBeEmpty();

        var data = (await _client.MetadataAsync("a")).MustBeOk().Data;
        var by = data["versions"]!["1"]!["created_by"]!.AsObject();
        Assert.Equal(["actor", "client_id", "entity_id", "operation"], by.Select(p => p.Key));
        Assert.Equal("update", by["operation"]!.GetValue<string>());
        Assert.Equal("delete", data["versions"]!["1"]!["deleted_by"]!["operation"]!.GetValue<string>());
        Assert.Equal("delete", data["last_updated_by"]!["operation"]!.GetValue<string>());
        data.Remove("last_updated_by");
        data["versions"]!["1"]!.AsObject().Remove("created_by");
        data["versions"]!["1"]!.AsObject().Remove("deleted_by");
        Assert.Equal(
            """{"cas_required":false,"created_time":"2026-03-04T05:06:07Z","current_version":1,"custom_metadata":{"b":"1","n":"1","team":"db"},"delete_version_after":"3h25m19s","max_versions":5,"oldest_version":0,"updated_time":"2026-03-04T05:06:08Z","versions":{"1":{"created_time":"2026-03-04T05:06:08Z","deletion_time":"2026-03-04T05:06:08Z","destroyed":false}}}""",
            data.Json());
    }

    [Fact]
    public async Task ASecretMayHaveMetadataAndNoVersion()
    {
        (await WriteAsync("""{"max_versions":5}""")).MustBeEmpty();
        var data = (await _client.MetadataAsync("a")).MustBeOk().Data;
        Assert.Equal("{}", data["versions"].Json());
        Assert.Equal(0, data["current_version"]!.GetValue<int>());
        Assert.Equal("null", data["custom_metadata"].Json());
        (await _client.ReadDataAsync("a")).Must(HttpStatusCode.NotFound);
        Assert.Equal(["a"], await _client.NamesAsync(""));
        Assert.Equal(1, (await _client.PutAsync("a", "{}", cas: 0)).MustBeOk().Version());
    }

    [Fact]
    public async Task AWriteWithoutParametersMakesNothing()
    {
        (await WriteAsync("{}")).MustBeEmpty();
        (await _client.MetadataAsync("a")).Must(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task AWriteReplacesCustomMetadataAndKeepsWhatItDoesNotName()
    {
        await WriteAsync("""{"max_versions":5,"custom_metadata":{"x":"1","y":"2"}}""");
        await WriteAsync("""{"custom_metadata":{"z":"3"},"delete_version_after":"90s"}""");
        var data = (await _client.MetadataAsync("a")).Data;
        Assert.Equal("""{"z":"3"}""", data["custom_metadata"].Json());
        Assert.Equal(5, data["max_versions"]!.GetValue<int>());
        await WriteAsync("""{"custom_metadata":{},"delete_version_after":null,"max_versions":null}""");
        data = (await _client.MetadataAsync("a")).Data;
        Assert.Equal("null", data["custom_metadata"].Json());
        Assert.Equal("1m30s", data["delete_version_after"]!.GetValue<string>());
        Assert.Equal(0, data["max_versions"]!.GetValue<int>());
    }

    [Fact]
    public async Task APatchMergesCustomMetadata()
    {
        Assert.Empty((await _client.PatchAsync("secret/metadata/a", """{"max_versions":1}""")).Must(HttpStatusCode.NotFound).Errors);
        await WriteAsync("""{"max_versions":5,"cas_required":true,"delete_version_after":"1h","custom_metadata":{"x":"1","y":"2"}}""");
        (await _client.PatchAsync("secret/metadata/a", """{"custom_metadata":{"x":null,"z":"3"},"delete_version_after":"0s"}""")).MustBeEmpty();
        var data = (await _client.MetadataAsync("a")).Data;
        Assert.Equal("""{"y":"2","z":"3"}""", data["custom_metadata"].Json());
        Assert.Equal("0s", data["delete_version_after"]!.GetValue<string>());
        Assert.True(data["cas_required"]!.GetValue<bool>());
        (await _client.PatchAsync("secret/metadata/a", """{"custom_metadata":null,"cas_required":null,"max_versions":null}""")).MustBeEmpty();
        data = (await _client.MetadataAsync("a")).Data;
        Assert.Equal("null", data["custom_metadata"].Json());
        Assert.False(data["cas_required"]!.GetValue<bool>());
        Assert.Equal(0, data["max_versions"]!.GetValue<int>());
    }

    [Fact]
    public async Task CustomMetadataHasVaultsLimits()
    {
        (await CustomAsync(Enumerable.Range(0, 64).Select(i => ($"k{i}", "v")))).MustBeEmpty();
        (await CustomAsync(Enumerable.Range(0, 65).Select(i => ($"k{i}", "v"))))
            .MustFail(HttpStatusCode.BadRequest, "custom_metadata validation failed: payload must contain at most 64 keys, provided 65");
        (await _client.PatchAsync("secret/metadata/a", """{"custom_metadata":{"one-more":"v"}}"""))
            .MustFail(HttpStatusCode.BadRequest, "custom_metadata validation failed");
        (await CustomAsync([(new string('k', 128), new string('v', 512))])).MustBeEmpty();
        (await CustomAsync([(new string('k', 129), "v")])).MustFail(HttpStatusCode.BadRequest, "is 129 but must be 0 < len(key) <= 128");
        (await CustomAsync([("k", new string('é', 257))])).MustFail(HttpStatusCode.BadRequest, "length of value for key \"k\" is 514 but must be 0 < len(value) <= 512");
        (await CustomAsync([("", "v"), ("k", "")])).MustFail(HttpStatusCode.BadRequest, "2 errors occurred:\n\t* custom_metadata validation failed");
        (await CustomAsync([("k", "a\nb")])).MustFail(HttpStatusCode.BadRequest, "value for key \"k\" contains unprintable characters");
        (await WriteAsync("""{"custom_metadata":{"k":null}}""")).MustFail(HttpStatusCode.BadRequest, "length of value for key \"k\" is 0");
        (await WriteAsync("""{"custom_metadata":{"k":["v"]}}""")).MustFail(HttpStatusCode.BadRequest, "custom_metadata validation failed");
        (await WriteAsync("""{"custom_metadata":"k"}""")).MustFail(HttpStatusCode.BadRequest, "field \"custom_metadata\"");
        Assert.Equal(128, (await _client.MetadataAsync("a")).Data["custom_metadata"]!.AsObject().Single().Key.Length);
    }

    [Theory]
    [InlineData("""{"max_versions":1001}""", "expected 0 to 1000")]
    [InlineData("""{"max_versions":-1}""", "expected 0 to 1000")]
    [InlineData("""{"max_versions":"many"}""", "field \"max_versions\"")]
    [InlineData("""{"cas_required":"perhaps"}""", "field \"cas_required\"")]
    [InlineData("""{"delete_version_after":"-1h"}""", "cannot provide negative value")]
    [InlineData("""{"delete_version_after":"soon"}""", "field \"delete_version_after\"")]
    public async Task BadSettingsAreRefused(string body, string error)
    {
        (await WriteAsync(body)).MustFail(HttpStatusCode.BadRequest, error);
        (await _client.PatchAsync("secret/metadata/a", body)).MustFail(HttpStatusCode.BadRequest, error);
        (await _client.MetadataAsync("a")).Must(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task AMountHasSettingsOfItsOwn()
    {
        Assert.Equal("""{"cas_required":false,"delete_version_after":"0s","max_versions":0}""", (await _client.ReadAsync("secret/config")).MustBeOk().Data.Json());
        (await _client.WriteAsync("secret/config", JsonNode.Parse("""{"max_versions":"7","delete_version_after":"12345s"}"""))).MustBeEmpty();
        (await _client.CallAsync("PUT", "secret/config", JsonNode.Parse("""{"cas_required":true}"""))).MustBeEmpty();
        (await _client.WriteAsync("secret/config")).MustBeEmpty();
        Assert.Equal("""{"cas_required":true,"delete_version_after":"3h25m45s","max_versions":7}""", (await _client.ReadAsync("secret/config")).MustBeOk().Data.Json());
        (await _client.WriteAsync("secret/config", JsonNode.Parse("""{"max_versions":1001}"""))).MustFail(HttpStatusCode.BadRequest, "expected 0 to 1000");
    }

    private Task<VaultReply> WriteAsync(string body) => _client.WriteAsync("secret/metadata/a", JsonNode.Parse(body));

    private Task<VaultReply> CustomAsync(IEnumerable<(string Name, string Value)> texts)
    {
        var custom = new JsonObject();
        foreach (var (name, value) in texts)
        {
            custom[name] = value;
        }

        return _client.WriteAsync("secret/metadata/a", new JsonObject { ["custom_metadata"] = custom });
    }
}
