using System.Net;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Kv;

/// <summary>What a secret may be called.</summary>
public sealed class PathTests : IAsyncLifetime
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
    [InlineData("ünï/çödé/✓/😀")]
    [InlineData("with space/and+plus")]
    [InlineData("100%/a?b#c\\d")]
    [InlineData("a%2Fb")]
    [InlineData("A")]
    [InlineData("..a/.b/c..")]
    [InlineData("|'=;,:@&$!*()[]{}\"<>^`~")]
    public async Task ANameMayBeAnythingPrintable(string path)
    {
        var escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        (await _client.PutAsync(escaped, """{"a":1}""")).MustBeOk();
        (await _client.ReadDataAsync(escaped)).MustBeOk();
        var folder = "";
        foreach (var name in path.Split('/'))
        {
            var isLast = folder + name == path;
            var escapedFolder = string.Join('/', folder.Split('/').Select(Uri.EscapeDataString));
            Assert.Equal([isLast ? name : name + "/"], await _client.NamesAsync(escapedFolder));
            folder += name + "/";
        }

        (await _client.RemoveAsync("secret/metadata/" + escaped)).MustBeEmpty();
        Assert.Empty(_host.Store.Rows());
    }

    [Fact]
    public async Task AnEscapedSlashIsASlash()
    {
        (await _client.PutAsync("a%2Fb", """{"n":1}""")).MustBeOk();
        (await _client.ReadDataAsync("a/b")).MustBeOk();
        Assert.Equal(["a/"], await _client.NamesAsync(""));
        Assert.Equal(["b"], await _client.NamesAsync("%61"));
    }

    [Fact]
    public async Task CaseIsKeptApart()
    {
        (await _client.PutAsync("Key", """{"n":1}""")).MustBeOk();
        (await _client.ReadDataAsync("key")).Must(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("a//b", "no name to be empty")]
    [InlineData("a%2F..%2Fb", "no name to be empty, '.' or '..'")]
    [InlineData("a%0Ab", "printable")]
    [InlineData("a%00b", "")]
    [InlineData("a%E2%80%AEb", "printable")]
    public async Task OtherNamesAreRefused(string path, string error)
    {
        (await _client.PutAsync(path, "{}")).MustFailWithAny(HttpStatusCode.BadRequest, error);
        (await _client.ReadDataAsync(path)).MustFailWithAny(HttpStatusCode.BadRequest, error);
        Assert.Empty(_host.Store.Rows());
    }

    [Fact]
    public async Task LengthAndDepthAreBounded()
    {
        (await _client.PutAsync(new string('a', 1024), "{}")).MustBeOk();
        (await _client.PutAsync(new string('a', 1025), "{}")).MustFail(HttpStatusCode.BadRequest, "at most 1024 bytes");
        (await _client.ListAsync("secret/metadata/" + new string('a', 1025))).MustFail(HttpStatusCode.BadRequest, "at most 1024 bytes");
        (await _client.PutAsync(string.Concat(Enumerable.Repeat("%C3%A9", 513)), "{}")).MustFail(HttpStatusCode.BadRequest, "at most 1024 bytes");
        var deep = string.Join('/', Enumerable.Repeat("d", 64));
        (await _client.PutAsync(deep, "{}")).MustBeOk();
        (await _client.PutAsync(deep + "/d", "{}")).MustFail(HttpStatusCode.BadRequest, "at most 64 names");
        (await _client.RemoveAsync("secret/metadata/" + deep)).MustBeEmpty();
        Assert.Equal([new string('a', 1024)], await _client.NamesAsync(""));
    }

    [Theory]
    [InlineData("data")]
    [InlineData("metadata")]
    public async Task AFolderIsNoSecret(string area)
    {
        await _client.PutAsync("folder/a", "{}");
        (await _client.WriteAsync($"secret/{area}/folder/")).MustFail(HttpStatusCode.BadRequest, "cannot write to a path ending in '/'");
        (await _client.WriteAsync($"secret/{area}/")).MustFail(HttpStatusCode.BadRequest, "cannot write to a path ending in '/'");
        Assert.Contains(
            "Non-listing operations on the root of a K/V v2 mount are not supported.",
            (await _client.ReadAsync($"secret/{area}")).Must(HttpStatusCode.NotFound).Warnings);
        Assert.Single((await _client.ReadAsync($"secret/{area}/folder/")).Must(HttpStatusCode.NotFound).Warnings);
    }

    [Fact]
    public async Task WhatIsNoPathOfTheEngineHasNoHandler()
    {
        (await _client.ReadAsync("secret/a")).MustFail(HttpStatusCode.NotFound, "no handler for route");
        (await _client.ReadAsync("none/data/a")).MustFail(HttpStatusCode.NotFound, "no handler for route");
        (await _client.ReadAsync("transit/data/a")).MustFail(HttpStatusCode.NotFound, "no handler for route");
        (await _client.ReadAsync("secret/destroy/a")).Must(HttpStatusCode.MethodNotAllowed);
    }
}

file static class Replies
{
    /// <summary>As MustFail; the server itself refuses some before they come to us, with a body of its own.</summary>
    public static void MustFailWithAny(this VaultReply reply, HttpStatusCode status, string error)
    {
        reply.Must(status);
        Assert.True(reply.Text.Length == 0 || reply.Text.Contains(error, StringComparison.Ordinal), reply.Text);
    }
}
