using System.Text.Json.Nodes;
using Saas.Registry.Domains;
using Saas.Registry.Log;
using Saas.Registry.Tests.Catalog;
using Saas.Registry.Tests.Shared;
using Saas.TestKit;

namespace Saas.Registry.Tests.Health;

/// <summary>Who waits is woken by what concerns it, and by nothing else; and leaves nothing behind.</summary>
public sealed class BlockingTests : IAsyncLifetime
{
    private const string Web = "/v1/health/service/web?passing";

    private RegistryHost _host = null!;
    private HttpClient _client = null!;
    private Replica _replica = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        var customer = await _host.SignUpAsync();
        _client = customer.Client;
        _replica = (await _host.Service<DomainDirectory>().FindAsync(customer.Scope, "", "", CancellationToken.None)).Replica;
        await PutAsync("web", "passing");
        await PutAsync("db", "passing");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(Web)]
    [InlineData("/v1/health/checks/web?")]
    [InlineData("/v1/health/node/node-web?")]
    [InlineData("/v1/health/state/any?")]
    [InlineData("/v1/health/state/any?node-meta=none:none")]
    public async Task A_check_that_changes_wakes(string path)
    {
        var (_, index) = await _client.AskJsonAsync(path);
        var waiting = await WaitAsync(path, index);

        await PutAsync("web", "critical");

        Assert.True((await waiting).Index > index);
    }

    [Fact]
    public async Task A_change_of_another_service_wakes_nobody()
    {
        var (_, index) = await _client.AskJsonAsync(Web);
        var waiting = await WaitAsync(Web, index);

        await PutAsync("db", "critical");
        await _client.RegisterAsync("""{"Node":"other","Address":"2.2.2.2","Service":{"Service":"api"}}""");
        await _client.DeregisterAsync("""{"Node":"other"}""");
        Assert.Equal(1, _replica.Watches.Count);
        Assert.Equal(index, (await _client.AskJsonAsync(Web)).Index);
        await PutAsync("web", "critical");

        Assert.Empty((JsonArray)(await waiting).Json!);
    }

    [Fact]
    public async Task A_change_of_its_node_wakes_who_waits_for_a_service()
    {
        var (_, index) = await _client.AskJsonAsync(Web);
        var waiting = await WaitAsync(Web, index);

        await _client.RegisterAsync("""{"Node":"node-web","Address":"9.9.9.9"}""");

        Assert.Equal("9.9.9.9", (string?)(await waiting).Json![0]!["Node"]!["Address"]);
    }

    [Fact]
    public async Task What_says_the_same_again_wakes_nobody()
    {
        var (_, index) = await _client.AskJsonAsync("/v1/catalog/services");
        var before = _replica.Position.State.Index;

        await PutAsync("web", "passing");

        Assert.Equal(before, _replica.Position.State.Index);
        Assert.Equal(index, (await _client.AskJsonAsync("/v1/catalog/services")).Index);
    }

    [Fact]
    public async Task A_wait_that_nothing_ends_answers_with_the_same_index()
    {
        var (json, index) = await _client.AskJsonAsync(Web);

        var (again, same) = await _client.AskJsonAsync($"{Web}&index={index}&wait=10ms");

        Assert.Equal((json!.ToJsonString(), index), (again!.ToJsonString(), same));
    }

    [Fact]
    public async Task An_index_never_goes_back_though_the_service_comes_and_goes()
    {
        var last = 0UL;
        for (var round = 0; round < 5; round++)
        {
            await PutAsync("web", round % 2 == 0 ? "critical" : "passing");
            last = await AssertNotBackAsync(last);
            await _client.DeregisterAsync("""{"Node":"node-web"}""");
            last = await AssertNotBackAsync(last);
            await _client.DeregisterAsync("""{"Node":"node-db"}""");
            last = await AssertNotBackAsync(last);
            await PutAsync("db", "passing");
        }
    }

    [Fact]
    public async Task Many_that_wait_for_the_same_share_one_answer()
    {
        var (_, index) = await _client.AskJsonAsync(Web);
        var waiting = Enumerable.Range(0, 100).Select(_ => _client.AskJsonAsync($"{Web}&index={index}&wait=1m")).ToList();
        await Poll.UntilAsync(() => _replica.Watches.Count == 100, "a hundred to wait", () => _replica.Watches.Count);
        var worked = _replica.Answers.Evaluations;

        await PutAsync("web", "critical");
        await Task.WhenAll(waiting);

        Assert.Equal(worked + 1, _replica.Answers.Evaluations);
    }

    [Fact]
    public async Task Who_goes_away_leaves_nothing()
    {
        var (_, index) = await _client.AskJsonAsync(Web);
        using var gone = new CancellationTokenSource();
        var waiting = _client.GetAsync(new Uri($"{Web}&index={index}&wait=5m", UriKind.Relative), gone.Token);
        await Poll.UntilAsync(() => _replica.Watches.Count == 1, "one to wait");

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        await Poll.UntilAsync(() => _replica.Watches.Count == 0, "none to wait", () => _replica.Watches.Count);
        await Poll.UntilAsync(
            () =>
            {
                _replica.Watches.Sweep();
                return _replica.Watches.TopicCount == 0;
            },
            "no topic to be kept",
            () => _replica.Watches.TopicCount);
    }

    private async Task<ulong> AssertNotBackAsync(ulong last)
    {
        var (_, index) = await _client.AskJsonAsync(Web);
        Assert.True(index >= last, $"from {last} to {index}");
        return index;
    }

    /// <summary>Asked, and waiting.</summary>
    private async Task<Task<(JsonNode? Json, ulong Index)>> WaitAsync(string path, ulong index)
    {
        var waiting = _client.AskJsonAsync($"{path}&index={index}&wait=1m");
        await Poll.UntilAsync(() => _replica.Watches.Count == 1, "the question to wait", () => _replica.Watches.Count);
        return waiting;
    }

    private Task PutAsync(string service, string status) => _client.RegisterAsync(
        $$"""{"Node":"node-{{service}}","Address":"1.1.1.1","Service":{"Service":"{{service}}"},"Check":{"CheckID":"check-{{service}}","Status":"{{status}}","ServiceID":"{{service}}"} }""");
}
