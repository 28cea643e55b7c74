using System.Net;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Kv;

public sealed class ListTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private EncryptionHost _host = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await EncryptionHost.StartAsync(time: _time);
        _client = (await _host.SignUpAsync()).Client;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task FoldersEndInASlashAndNamesAreInOrder()
    {
        await WriteAsync("zeta", "app/db", "app/web/tls", "app/web/a", "app", "Beta");
        Assert.Equal(["Beta", "app", "app/", "zeta"], await _client.NamesAsync(""));
        Assert.Equal(["db", "web/"], await _client.NamesAsync("app"));
        Assert.Equal(["db", "web/"], await _client.NamesAsync("app/"));
        Assert.Equal(["a", "tls"], await _client.NamesAsync("app/web"));
        Assert.Equal(["Beta", "app", "app/", "zeta"], (await _client.ListAsync("secret/metadata")).MustBeOk().Keys());
        Assert.Equal(["db", "web/"], (await _client.ReadAsync("secret/metadata/app?list=true")).MustBeOk().Keys());
        Assert.Equal("{\"keys\":[\"db\",\"web/\"]}", (await _client.ListAsync("secret/metadata/app/")).Data.Json());
    }

    [Fact]
    public async Task WhatIsNoFolderHasNoNames()
    {
        Assert.Empty((await _client.ListAsync("secret/metadata")).Must(HttpStatusCode.NotFound).Errors);
        await WriteAsync("a");
        (await _client.ListAsync("secret/metadata/a")).Must(HttpStatusCode.NotFound);
        (await _client.ListAsync("secret/metadata/b")).Must(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task AFolderIsThereWhileAnythingIsInIt()
    {
        await WriteAsync("a/b/c/one", "a/b/c/two", "a/x");
        (await _client.RemoveAsync("secret/metadata/a/b/c/one")).MustBeEmpty();
        Assert.Equal(["two"], await _client.NamesAsync("a/b/c"));
        (await _client.RemoveAsync("secret/metadata/a/b/c/two")).MustBeEmpty();
        Assert.Empty(await _client.NamesAsync("a/b/c"));
        Assert.Empty(await _client.NamesAsync("a/b"));
        Assert.Equal(["x"], await _client.NamesAsync("a"));
        (await _client.RemoveAsync("secret/metadata/a/x")).MustBeEmpty();
        (await _client.RemoveAsync("secret/metadata/a/x")).MustBeEmpty();
        Assert.Empty(await _client.NamesAsync(""));
        Assert.Empty(_host.Store.Rows());
    }

    [Fact]
    public async Task DeletedSecretsAreListedUnlessExcluded()
    {
        await WriteAsync("kept", "deleted", "folder/deleted", "aging");
        (await _client.WriteAsync("secret/metadata/aging", JsonNode.Parse("""{"delete_version_after":"1h"}"""))).MustBeEmpty();
        await WriteAsync("aging");
        await _client.RemoveAsync("secret/data/deleted");
        await _client.RemoveAsync("secret/data/folder/deleted");
        Assert.Equal(["aging", "deleted", "folder/", "kept"], await _client.NamesAsync(""));
        Assert.Equal(["aging", "deleted", "folder/", "kept"], await _client.NamesAsync("", "?exclude_deleted=false"));
        Assert.Equal(["aging", "folder/", "kept"], await _client.NamesAsync("", "?exclude_deleted=true"));
        Assert.Empty(await _client.NamesAsync("folder", "?exclude_deleted=true"));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["folder/", "kept"], await _client.NamesAsync("", "?exclude_deleted=1"));
        (await _client.ListAsync("secret/metadata?exclude_deleted=perhaps")).MustFail(HttpStatusCode.BadRequest, "field \"exclude_deleted\"");
    }

    [Fact]
    public async Task APartOfAFolderMayBeAskedFor()
    {
        await WriteAsync("a", "b", "c/x", "d");
        Assert.Equal(["a", "b"], await _client.NamesAsync("", "?limit=2"));
        Assert.Equal(["c/", "d"], await _client.NamesAsync("", "?after=b&limit=2"));
        Assert.Equal(["d"], await _client.NamesAsync("", "?after=c/"));
        Assert.Empty(await _client.NamesAsync("", "?after=d"));
        Assert.Equal(4, (await _client.NamesAsync("", "?limit=-1")).Length);
    }

    [Fact]
    public async Task AFolderOfMoreThanOnePageIsListedWhole()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 1100), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            (await _client.PutAsync($"many/{i:D4}", "{}")).MustBeOk());
        Assert.Equal(Enumerable.Range(0, 1100).Select(i => $"{i:D4}"), await _client.NamesAsync("many"));
    }

    private async Task WriteAsync(params string[] paths)
    {
        foreach (var path in paths)
        {
            (await _client.PutAsync(path, "{}")).MustBeOk();
        }
    }
}
