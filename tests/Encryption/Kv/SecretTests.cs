using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Kv;

/// <summary>Writing and reading secrets: shapes, statuses and errors as Vault's.</summary>
public sealed class SecretTests : IAsyncLifetime
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
    public async Task AWriteAnswersWithTheVersionItMade()
    {
        var reply = (await _client.PutAsync("app/db", """{"user":"ann","port":5432}""")).MustBeOk();
        Assert.Equal(
            """{"created_time":"2026-03-04T05:06:07Z","custom_metadata":null,"deletion_time":"","destroyed":false,"version":1}""",
            reply.Data.Json());
        _time.Advance(TimeSpan.FromTicks(1_234_560));
        var second = (await _client.CallAsync("PUT", "secret/data/app/db", JsonNode.Parse("""{"data":{}}"""))).MustBeOk();
        Assert.Equal("2026-03-04T05:06:07.123456Z", second.Data["created_time"]!.GetValue<string>());
        Assert.Equal(2, second.Version());
    }

    [Fact]
    public async Task AReadAnswersWithTheLastVersionOrTheOneAskedFor()
    {
        await _client.PutAsync("a", """{"n":1}""");
        await _client.PutAsync("a", """{"n":2}""");
        var last = (await _client.ReadDataAsync("a")).MustBeOk();
        Assert.Equal("""{"n":2}""", last.Data["data"].Json());
        Assert.Equal(
            """{"created_time":"2026-03-04T05:06:07Z","custom_metadata":null,"deletion_time":"","destroyed":false,"version":2}""",
            last.Data["metadata"].Json());
        Assert.Equal("kv", last.Json!["mount_type"]!.GetValue<string>());
        Assert.Equal("""{"n":1}""", (await _client.ReadDataAsync("a", 1)).MustBeOk().Data["data"].Json());
        Assert.Equal("""{"n":2}""", (await _client.ReadDataAsync("a", 0)).MustBeOk().Data["data"].Json());
        Assert.Empty((await _client.ReadDataAsync("a", 3)).Must(HttpStatusCode.NotFound).Errors);
        Assert.Empty((await _client.ReadDataAsync("b")).Must(HttpStatusCode.NotFound).Errors);
        (await _client.ReadAsync("secret/data/a?version=one")).MustFail(HttpStatusCode.BadRequest, "field \"version\"");
    }

    [Theory]
    [InlineData("""{"text":"é ✓ 😀 \u0000 \" \\ </script>","escaped":"\u00e9"}""")]
    [InlineData("""{"big":12345678901234567890123,"exact":1.10,"small":1e-30,"neg":-0}""")]
    [InlineData("""{"nested":{"list":[1,"two",null,true,{"a":[]}],"empty":{}}}""")]
    [InlineData("""{"":"empty name","a/b":1," ":2}""")]
    [InlineData("{}")]
    public async Task AValueComesBackAsItWas(string data)
    {
        (await _client.PutAsync("a", data)).MustBeOk();
        var back = (await _client.ReadDataAsync("a")).MustBeOk().Data["data"]!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(data), back), back.Json());
    }

    [Fact]
    public async Task MembersAreInOrderAndOfTwoWithOneNameTheLastStays()
    {
        using var body = new StringContent("""{"data":{"b":1,"a":{"y":1,"x":12345678901234567890,"y":2},"b":3}}""", Encoding.UTF8);
        using var written = await _client.PostAsync("/v1/secret/data/a", body);
        Assert.Equal(HttpStatusCode.OK, written.StatusCode);
        Assert.Contains("\"data\":{\"a\":{\"x\":12345678901234567890,\"y\":2},\"b\":3}", (await _client.ReadDataAsync("a")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DepthIsAsFarAsVaultsOwnLimit()
    {
        static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
        using var fits = new StringContent("{\"data\":" + Nested(299) + "}");
        using var written = await _client.PostAsync("/v1/secret/data/a", fits);
        Assert.Equal(HttpStatusCode.OK, written.StatusCode);
        Assert.Contains(Nested(299), (await _client.ReadDataAsync("a")).Text, StringComparison.Ordinal);
        using var tooDeep = new StringContent("{\"data\":" + Nested(300) + "}");
        using var refused = await _client.PostAsync("/v1/secret/data/a", tooDeep);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Theory]
    [InlineData("", "no data provided")]
    [InlineData("{}", "no data provided")]
    [InlineData("""{"data":null}""", "no data provided")]
    [InlineData("""{"options":{"cas":0}}""", "no data provided")]
    [InlineData("""{"data":"text"}""", "field \"data\"")]
    [InlineData("""{"data":[1]}""", "field \"data\"")]
    [InlineData("""{"data":{},"options":1}""", "field \"options\"")]
    [InlineData("""{"data":{},"options":{"cas":"x"}}""", "error parsing check-and-set parameter")]
    [InlineData("""{"data":{},"options":{"cas":1.5}}""", "error parsing check-and-set parameter")]
    [InlineData("""{"data":{}""", "failed to parse JSON input")]
    [InlineData("""{"data":{"\ud800":1}}""", "not valid Unicode")]
    [InlineData("""{"data":{"a":"\udc00"}}""", "not valid Unicode")]
    [InlineData("[]", "failed to parse JSON input")]
    public async Task ABadBodyIsRefused(string body, string error)
    {
        using var content = new StringContent(body);
        using var response = await _client.PostAsync("/v1/secret/data/a", content);
        new VaultReply(response.StatusCode, await response.Content.ReadAsStringAsync()).MustFail(HttpStatusCode.BadRequest, error);
        (await _client.ReadDataAsync("a")).Must(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task UnknownParametersAreIgnoredWithAWarning()
    {
        var reply = await _client.WriteAsync("secret/data/a", JsonNode.Parse("""{"data":{},"user":"x","path":"b"}"""));
        Assert.Equal(1, reply.MustBeOk().Version());
        Assert.Contains(reply.Warnings, w => w.Contains("[user]", StringComparison.Ordinal));
        (await _client.ReadDataAsync("b")).Must(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task AValueOfNineHundredKibibytesIsKeptAndALargerOneThanARowIsRefused()
    {
        var large = new string('x', 900 * 1024);
        (await _client.PutAsync("a", $$"""{"v":"{{large}}"}""")).MustBeOk();
        Assert.Equal(large, (await _client.ReadDataAsync("a")).MustBeOk().Data["data"]!["v"]!.GetValue<string>());
        var most = new string('x', 983_007 - 8);
        (await _client.PutAsync("a", $$"""{"v":"{{most}}"}""")).MustBeOk();
        (await _client.PutAsync("a", $$"""{"v":"{{most}}x"}"""))
            .MustFail(HttpStatusCode.RequestEntityTooLarge, "value being too large; got 983008 bytes, max: 983007 bytes");
        Assert.Equal(2, (await _client.ReadDataAsync("a")).Version());
    }
}
