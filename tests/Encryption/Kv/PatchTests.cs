using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Kv;

public sealed class PatchTests : IAsyncLifetime
{
    private EncryptionHost _host = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await EncryptionHost.StartAsync();
        _client = (await _host.SignUpAsync()).Client;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task APatchMakesANewVersionOfTheLast()
    {
        await _client.PutAsync("a", """{"keep":"1","change":"2","remove":"3","deep":{"x":1,"y":2}}""");
        var patched = (await _client.PatchDataAsync("a", """{"change":"4","remove":null,"deep":{"y":null,"z":{"n":null,"m":5}},"new":[null]}""")).MustBeOk();
        Assert.Equal(2, patched.Version());
        Assert.Equal(["created_time", "custom_metadata", "deletion_time", "destroyed", "version"], patched.Data.Select(p => p.Key));
        Assert.Equal(
            """{"change":"4","deep":{"x":1,"z":{"m":5}},"keep":"1","new":[null]}""", (await _client.ReadDataAsync("a")).Data["data"].Json());
        Assert.Equal("2", (await _client.ReadDataAsync("a", 1)).Data["data"]!["change"]!.GetValue<string>());
    }

    /// <summary>RFC 7396, appendix A: the cases whose documents are objects.</summary>
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"a":1,"e":null}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public async Task TheCasesOfTheRfcHold(string original, string patch, string result)
    {
        (await _client.PutAsync("a", original)).MustBeOk();
        (await _client.PatchDataAsync("a", patch)).MustBeOk();
        Assert.Equal(result, (await _client.ReadDataAsync("a")).Data["data"].Json());
    }

    [Theory]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType, "PATCH requires Content-Type of application/merge-patch+json, provided application/json")]
    [InlineData("application/json-patch+json", HttpStatusCode.UnsupportedMediaType, "provided application/json-patch+json")]
    [InlineData(null, HttpStatusCode.BadRequest, "no media type")]
    public async Task AnotherContentTypeIsRefused(string? contentType, HttpStatusCode status, string error)
    {
        await _client.PutAsync("a", "{}");
        (await _client.PatchAsync("secret/data/a", """{"data":{}}""", contentType)).MustFail(status, error);
        (await _client.PatchAsync("secret/metadata/a", """{"max_versions":1}""", contentType)).MustFail(status, error);
        (await _client.PatchAsync("secret/data/a", """{"data":{}}""", "application/merge-patch+json; charset=utf-8")).MustBeOk();
    }

    [Fact]
    public async Task OnlyWhatIsThereCanBePatched()
    {
        Assert.Empty((await _client.PatchDataAsync("none", "{}")).Must(HttpStatusCode.NotFound).Errors);
        await _client.WriteAsync("secret/metadata/empty", JsonNode.Parse("""{"max_versions":1}"""));
        Assert.Empty((await _client.PatchDataAsync("empty", "{}")).Must(HttpStatusCode.NotFound).Errors);

        await _client.PutAsync("a", "{}");
        (await _client.RemoveAsync("secret/data/a")).MustBeEmpty();
        var deleted = (await _client.PatchDataAsync("a", "{}")).Must(HttpStatusCode.NotFound);
        Assert.NotEqual("", deleted.Data["deletion_time"]!.GetValue<string>());
        Assert.Equal(1, deleted.Version());
        (await _client.VersionsAsync("destroy", "a", 1)).MustBeEmpty();
        Assert.True((await _client.PatchDataAsync("a", "{}")).Must(HttpStatusCode.NotFound).Data["destroyed"]!.GetValue<bool>());
        (await _client.PatchAsync("secret/data/a", "{}")).MustFail(HttpStatusCode.BadRequest, "no data provided");
    }

    [Fact]
    public async Task APatchThatMakesTheValueTooLargeIsRefused()
    {
        var half = new string('x', 500 * 1024);
        (await _client.PutAsync("a", $$"""{"a":"{{half}}"}""")).MustBeOk();
        (await _client.PatchDataAsync("a", $$"""{"b":"{{half}}"}""")).MustFail(HttpStatusCode.RequestEntityTooLarge, "value being too large");
        Assert.Equal(1, (await _client.ReadDataAsync("a")).MustBeOk().Version());
    }
}
