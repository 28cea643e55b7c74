using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Kv;

/// <summary>Who waits for a key or a prefix hears of that, and of nothing else.</summary>
public sealed class KeyBlockingTests : IAsyncLifetime
{
    private RegistryHost _host = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        _client = (await _host.SignUpAsync()).Client;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/v1/kv/app/a", "/v1/kv/app/a", "app/b")]
    [InlineData("/v1/kv/app/new", "/v1/kv/app/new", "app/other")]
    [InlineData("/v1/kv/app/?recurse", "/v1/kv/app/deep/er", "apps")]
    [InlineData("/v1/kv/app/?keys&separator=/", "/v1/kv/app/x", "ap")]
    [InlineData("/v1/kv/?recurse", "/v1/kv/zzz", null)]
    public async Task A_watcher_is_woken_by_its_own_key_only(string watched, string written, string? other)
    {
        await _client.TellAsync("/v1/kv/app/a", "1");
        var before = await _client.AskAsync(watched);
        var join = watched.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        var waiting = _client.AskAsync($"{watched}{join}index={before.Index}&wait=20s");
        if (other is not null)
        {
            await _client.TellAsync("/v1/kv/" + other, "elsewhere");
            Assert.Equal(before.Index, (await _client.AskAsync(watched)).Index);
            Assert.False(waiting.IsCompleted);
        }

        await _client.TellAsync(written, "2");

        var after = await waiting;
        Assert.Equal(200, after.Status);
        Assert.True(after.Index > before.Index);
    }

    [Fact]
    public async Task The_index_of_what_was_deleted_does_not_go_back()
    {
        await _client.TellAsync("/v1/kv/p/low", "1");
        await _client.TellAsync("/v1/kv/p/high", "1");
        var (key, tree) = (await _client.AskAsync("/v1/kv/p/high"), await _client.AskAsync("/v1/kv/p/?recurse"));
        var waitingForKey = _client.AskAsync($"/v1/kv/p/high?index={key.Index}&wait=20s");
        var waitingForTree = _client.AskAsync($"/v1/kv/p/?keys&index={tree.Index}&wait=20s");

        await _client.CallAsync("DELETE", "/v1/kv/p/high");

        var (gone, left) = (await waitingForKey, await waitingForTree);
        Assert.Equal(404, gone.Status);
        Assert.True(gone.Index > key.Index && left.Index > tree.Index);
        Assert.Equal(["p/low"], left.Strings);
        await _client.TellAsync("/v1/kv/elsewhere", "1");
        Assert.Equal(gone.Index, (await _client.AskAsync("/v1/kv/p/high")).Index);
    }
}
