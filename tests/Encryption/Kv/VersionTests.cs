using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Kv;

/// <summary>Deletion, its taking back, destruction, and how many versions are kept for how long.</summary>
public sealed class VersionTests : IAsyncLifetime
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
    public async Task ADeletedVersionIsNotFoundButToldOf_UntilItIsUndeleted()
    {
        await WriteAsync("a", 2);
        (await _client.RemoveAsync("secret/data/a")).MustBeEmpty();
        var deleted = (await _client.ReadDataAsync("a")).Must(HttpStatusCode.NotFound);
        Assert.Equal(
            """{"data":null,"metadata":{"created_time":"2026-03-04T05:06:07Z","custom_metadata":null,"deletion_time":"2026-03-04T05:06:07Z","destroyed":false,"version":2}}""",
            deleted.Data.Json());
        (await _client.ReadDataAsync("a", 1)).MustBeOk();

        (await _client.VersionsAsync("undelete", "a", 2, 7)).MustBeEmpty();
        Assert.Equal("", (await _client.ReadDataAsync("a")).MustBeOk().Data["metadata"]!["deletion_time"]!.GetValue<string>());
    }

    [Fact]
    public async Task NamedVersionsAreDeletedAndDestroyed()
    {
        await WriteAsync("a", 5);
        (await _client.VersionsAsync("delete", "a", 1, 3, 99)).MustBeEmpty();
        (await _client.WriteAsync("secret/destroy/a", JsonNode.Parse("""{"versions":"2, 3"}"""))).MustBeEmpty();
        (await _client.CallAsync("PUT", "secret/destroy/a", JsonNode.Parse("""{"versions":4}"""))).MustBeEmpty();
        (await _client.VersionsAsync("undelete", "a", 1, 2, 3)).MustBeEmpty();

        (await _client.ReadDataAsync("a", 1)).MustBeOk();
        foreach (var version in new[] { 2, 3, 4 })
        {
            var gone = (await _client.ReadDataAsync("a", version)).Must(HttpStatusCode.NotFound);
            Assert.Equal("null", gone.Data["data"].Json());
            Assert.True(gone.Data["metadata"]!["destroyed"]!.GetValue<bool>());
        }

        Assert.Equal(5, (await _client.ReadDataAsync("a")).MustBeOk().Version());
    }

    [Theory]
    [InlineData("delete", "No version number provided")]
    [InlineData("undelete", "No version number provided")]
    [InlineData("destroy", "no version number provided")]
    public async Task VersionsMustBeNamed(string verb, string error)
    {
        await WriteAsync("a", 1);
        (await _client.WriteAsync($"secret/{verb}/a")).MustFail(HttpStatusCode.BadRequest, error);
        (await _client.VersionsAsync(verb, "a")).MustFail(HttpStatusCode.BadRequest, error);
        (await _client.WriteAsync($"secret/{verb}/a", JsonNode.Parse("""{"versions":["x"]}"""))).MustFail(HttpStatusCode.BadRequest, "field \"versions\"");
        (await _client.VersionsAsync(verb, "none", 1)).MustBeEmpty();
        (await _client.ReadDataAsync("none")).Must(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task DeletingWhatIsNotThereOrDeletedAlreadyChangesNothing()
    {
        (await _client.RemoveAsync("secret/data/none")).MustBeEmpty();
        await WriteAsync("a", 1);
        (await _client.RemoveAsync("secret/data/a")).MustBeEmpty();
        var before = (await _client.MetadataAsync("a")).Data.Json();
        _time.Advance(TimeSpan.FromMinutes(1));
        (await _client.RemoveAsync("secret/data/a")).MustBeEmpty();
        Assert.Equal(before, (await _client.MetadataAsync("a")).Data.Json());
    }

    [Fact]
    public async Task TenVersionsAreKeptUnlessTold()
    {
        await WriteAsync("a", 10);
        Assert.Equal(1, (await _client.MetadataAsync("a")).Data["oldest_version"]!.GetValue<int>());
        await WriteAsync("a", 2);
        var metadata = (await _client.MetadataAsync("a")).Data;
        Assert.Equal((12, 3), (metadata["current_version"]!.GetValue<int>(), metadata["oldest_version"]!.GetValue<int>()));
        Assert.Equal(Enumerable.Range(3, 10).Select(v => $"{v}"), metadata["versions"]!.AsObject().Select(v => v.Key));
        (await _client.ReadDataAsync("a", 2)).Must(HttpStatusCode.NotFound);
        (await _client.ReadDataAsync("a", 3)).MustBeOk();
        Assert.Equal(10, _host.Store.ValueRows());
    }

    [Fact]
    public async Task TheGreaterOfSecretAndMountSaysHowManyAreKept_AndAllThatAreTooManyGoAtOnce()
    {
        (await _client.WriteAsync("secret/config", JsonNode.Parse("""{"max_versions":120}"""))).MustBeEmpty();
        await WriteAsync("a", 121);
        Assert.Equal(120, _host.Store.ValueRows());
        (await _client.WriteAsync("secret/config", JsonNode.Parse("""{"max_versions":2}"""))).MustBeEmpty();
        (await _client.WriteAsync("secret/metadata/a", JsonNode.Parse("""{"max_versions":3}"""))).MustBeEmpty();
        await WriteAsync("a", 1);
        Assert.Equal(3, _host.Store.ValueRows());
        var metadata = (await _client.MetadataAsync("a")).Data;
        Assert.Equal(["120", "121", "122"], metadata["versions"]!.AsObject().Select(v => v.Key));
        Assert.Equal(120, metadata["oldest_version"]!.GetValue<int>());
        (await _client.ReadDataAsync("a", 120)).MustBeOk();
    }

    [Fact]
    public async Task ManyVersionsAreDestroyedAndRemovedTogether()
    {
        (await _client.WriteAsync("secret/config", JsonNode.Parse("""{"max_versions":"1000"}"""))).MustBeEmpty();
        await WriteAsync("a", 150);
        (await _client.VersionsAsync("destroy", "a", [.. Enumerable.Range(1, 70)])).MustBeEmpty();
        Assert.Equal(80, _host.Store.ValueRows());
        (await _client.RemoveAsync("secret/metadata/a")).MustBeEmpty();
        Assert.Equal(0, _host.Store.ValueRows());
        (await _client.MetadataAsync("a")).Must(HttpStatusCode.NotFound);
        Assert.Empty(await _client.NamesAsync(""));
    }

    [Fact]
    public async Task ARemovedSecretBeginsAnew()
    {
        await WriteAsync("a", 3);
        (await _client.RemoveAsync("secret/metadata/a")).MustBeEmpty();
        (await _client.ReadDataAsync("a")).Must(HttpStatusCode.NotFound);
        (await _client.ReadDataAsync("a", 2)).Must(HttpStatusCode.NotFound);
        Assert.Equal(1, (await _client.PutAsync("a", """{"new":1}""", cas: 0)).MustBeOk().Version());
    }

    [Fact]
    public async Task VersionsAreDeletedByTheirAge_TheSoonerOfSecretAndMount()
    {
        (await _client.WriteAsync("secret/config", JsonNode.Parse("""{"delete_version_after":"2h"}"""))).MustBeEmpty();
        (await _client.WriteAsync("secret/metadata/a", JsonNode.Parse("""{"delete_version_after":"30m"}"""))).MustBeEmpty();
        (await _client.WriteAsync("secret/metadata/b", JsonNode.Parse("""{"delete_version_after":"3h"}"""))).MustBeEmpty();
        Assert.Equal("2026-03-04T05:36:07Z", (await _client.PutAsync("a", "{}")).Data["deletion_time"]!.GetValue<string>());
        Assert.Equal("2026-03-04T07:06:07Z", (await _client.PutAsync("b", "{}")).Data["deletion_time"]!.GetValue<string>());
        Assert.Equal("2026-03-04T05:36:07Z", (await _client.PatchDataAsync("a", "{}")).Data["deletion_time"]!.GetValue<string>());

        _time.Advance(TimeSpan.FromMinutes(29));
        (await _client.ReadDataAsync("a")).MustBeOk();
        _time.Advance(TimeSpan.FromMinutes(1));
        (await _client.ReadDataAsync("a")).Must(HttpStatusCode.NotFound);
        (await _client.ReadDataAsync("b")).MustBeOk();

        (await _client.VersionsAsync("undelete", "a", 2)).MustBeEmpty();
        Assert.Equal("2026-03-04T06:06:07Z", (await _client.ReadDataAsync("a")).MustBeOk().Data["metadata"]!["deletion_time"]!.GetValue<string>());
    }

    [Fact]
    public async Task AMountMaySayThatAgeDeletesNothing()
    {
        (await _client.WriteAsync("secret/metadata/a", JsonNode.Parse("""{"delete_version_after":60}"""))).MustBeEmpty();
        (await _client.WriteAsync("secret/config", JsonNode.Parse("""{"delete_version_after":"-5m"}"""))).MustBeEmpty();
        Assert.Equal("-1s", (await _client.ReadAsync("secret/config")).Data["delete_version_after"]!.GetValue<string>());
        Assert.Equal("", (await _client.PutAsync("a", "{}")).Data["deletion_time"]!.GetValue<string>());
        (await _client.WriteAsync("secret/config", JsonNode.Parse("""{"delete_version_after":"0s"}"""))).MustBeEmpty();
        Assert.Equal("2026-03-04T05:07:07Z", (await _client.PutAsync("a", "{}")).Data["deletion_time"]!.GetValue<string>());
    }

    private async Task WriteAsync(string path, int times)
    {
        for (var i = 1; i <= times; i++)
        {
            (await _client.PutAsync(path, $$"""{"n":{{i}}}""")).MustBeOk();
        }
    }
}
