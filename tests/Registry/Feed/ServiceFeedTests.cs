using System.Text.Json;
using Saas.Discovery.Model;
using Saas.Registry.Domains;
using Saas.Registry.State;
using Saas.Registry.Tests.Shared;
using Saas.TestKit;

namespace Saas.Registry.Tests.Feed;

/// <summary>What a follower is told: all at first, then what changed, then all again when the registry cannot know what it missed.</summary>
public sealed class ServiceFeedTests : IAsyncLifetime
{
    private RegistryHost _host = null!;
    private Customer _acme = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        _acme = await _host.SignUpAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Get_FromTheBeginning_IsEverythingAsHealthHasIt()
    {
        await RegisterAsync("n1", "web", 80);
        await RegisterAsync("n2", "web", 81);
        await RegisterAsync("n1", "db", 5432);

        var feed = await AskAsync("?index=0");

        Assert.True(feed.Full);
        Assert.Equal("dc1", feed.Json.GetProperty("Datacenter").GetString());
        Assert.Equal(["db:5432", "web:80", "web:81"], feed.Instances);
        Assert.Empty(feed.Removed);
        var health = await _acme.Client.AskAsync("/v1/health/service/web");
        Assert.Equal(health.Json.GetRawText(), feed.Json.GetProperty("Services").GetProperty("web").GetRawText());
    }

    [Fact]
    public async Task Get_AnEmptyCatalog_IsAFullAnswerWithoutServices()
    {
        var feed = await AskAsync("");
        Assert.True(feed.Full);
        Assert.Equal(1UL, feed.Index);
        Assert.Empty(feed.Instances);
    }

    [Fact]
    public async Task Get_SinceAnIndex_IsWhatChangedWithAllItsInstances()
    {
        await RegisterAsync("n1", "web", 80);
        await RegisterAsync("n1", "db", 5432);
        var before = await AskAsync("");
        await RegisterAsync("n2", "web", 81);

        var feed = await AskAsync($"?index={before.Index}");

        Assert.False(feed.Full);
        Assert.Equal(["web:80", "web:81"], feed.Instances);
        Assert.True(feed.Index > before.Index);
    }

    [Fact]
    public async Task Get_AServiceLostItsLastInstance_NamesItOnceRemoved()
    {
        await RegisterAsync("n1", "web", 80);
        await RegisterAsync("n1", "db", 5432);
        var before = await AskAsync("");
        await DeregisterAsync("n1", "web");

        var feed = await AskAsync($"?index={before.Index}");
        Assert.Equal((false, "web", 0), (feed.Full, Assert.Single(feed.Removed), feed.Instances.Count));

        await RegisterAsync("n1", "web", 80);
        feed = await AskAsync($"?index={before.Index}");
        Assert.Empty(feed.Removed);
        Assert.Equal(["web:80"], feed.Instances);
    }

    [Fact]
    public async Task Get_CertainServices_IsNothingOfOthersAndNotWokenByThem()
    {
        await RegisterAsync("n1", "web", 80);
        await RegisterAsync("n1", "api", 81);
        await RegisterAsync("n1", "db", 5432);
        var before = await AskAsync("?service=web&service=API");
        Assert.Equal(["api:81", "web:80"], before.Instances);

        await RegisterAsync("n2", "db", 5432);
        await DeregisterAsync("n1", "db");
        var feed = await AskAsync($"?service=web&service=api&index={before.Index}&wait=50ms");

        Assert.Equal((before.Index, 0, 0), (feed.Index, feed.Instances.Count, feed.Removed.Count));
    }

    [Fact]
    public async Task Get_AServiceThatIsNotThere_IsFullWithoutItAndThenToldOfIt()
    {
        var before = await AskAsync("?service=web");
        Assert.True(before.Full);
        var waiting = AskAsync($"?service=web&index={before.Index}&wait=60s");

        await RegisterAsync("n1", "web", 80);

        Assert.Equal(["web:80"], (await waiting.WaitAsync(Poll.DefaultTimeout, TestContext.Current.CancellationToken)).Instances);
    }

    [Fact]
    public async Task Get_Passing_LeavesOutWhoDoesNotAndTellsWhenThatChanges()
    {
        await RegisterAsync("n1", "web", 80);
        await RegisterAsync("n2", "web", 81, HealthStatus.Critical);
        var before = await AskAsync("?passing");
        Assert.Equal(["web:80"], before.Instances);
        Assert.Equal(["web:80", "web:81"], (await AskAsync("?passing=false")).Instances);
        var waiting = AskAsync($"?passing&index={before.Index}&wait=60s");

        await RegisterAsync("n1", "web", 80, HealthStatus.Warning);

        // It is there and has nobody: not the same as being gone.
        var feed = await waiting.WaitAsync(Poll.DefaultTimeout, TestContext.Current.CancellationToken);
        Assert.Equal(0, feed.Json.GetProperty("Services").GetProperty("web").GetArrayLength());
        Assert.Empty(feed.Removed);
    }

    [Fact]
    public async Task Get_NothingChanges_AnswersAfterTheWaitWithTheSameIndex()
    {
        await RegisterAsync("n1", "web", 80);
        var before = await AskAsync("");

        var feed = await AskAsync($"?index={before.Index}&wait=50ms");

        Assert.Equal((before.Index, false, 0), (feed.Index, feed.Full, feed.Instances.Count));
    }

    [Fact]
    public async Task Get_TheInstanceIsToldToStop_AnswersAtOnce()
    {
        var host = await RegistryHost.StartAsync();
        var customer = await host.SignUpAsync();
        var domain = await host.Service<DomainDirectory>().FindAsync(customer.Scope, "default", "dc1", TestContext.Current.CancellationToken);
        var waiting = customer.Client.AskAsync("/v1/registry/feed?index=1&wait=10m");
        await Poll.UntilAsync(() => domain.Replica.Watches.Count > 0, "it waits");

        await host.DisposeAsync();

        Assert.Equal((200, 1UL), ((await waiting).Status, (await waiting).Index));
    }

    [Fact]
    public async Task Get_DeparturesSinceAreForgotten_IsEverythingAgain()
    {
        await RegisterAsync("n1", "web", 80);
        await RegisterAsync("n1", "gone", 81);
        var before = await AskAsync("");
        await DeregisterAsync("n1", "gone");
        var domain = await _host.Service<DomainDirectory>().FindAsync(_acme.Scope, "default", "dc1", TestContext.Current.CancellationToken);
        const int Groups = 9;
        for (var group = 0; group < Groups; group++)
        {
            var node = $"passer-by-{group}";
            await domain.Replica.ExecuteAsync(draft =>
            {
                draft.PutNode(new Node { Name = node, Address = "10.0.0.9" });
                for (var i = 0; i < 512; i++)
                {
                    draft.PutService(node, new ServiceInstance { ID = $"s{i}", Name = $"{node}-s{i}", Port = 1 });
                }

                draft.RemoveNode(node);
                return true;
            });
        }

        var feed = await AskAsync($"?index={before.Index}");

        Assert.True(feed.Full);
        Assert.Equal(["web:80"], feed.Instances);
    }

    [Fact]
    public async Task Get_AnIndexOfAnotherLife_IsEverythingAtOnce()
    {
        await RegisterAsync("n1", "web", 80);

        var feed = await AskAsync("?index=1000000&wait=60s");

        Assert.True(feed.Full);
        Assert.Equal(["web:80"], feed.Instances);
    }

    [Theory]
    [InlineData("?index=abc", "Invalid index")]
    [InlineData("?index=1&wait=soon", "Invalid wait time")]
    [InlineData("?stale&consistent", "conflicting semantics")]
    public async Task Get_BadInput_IsRefused(string query, string text)
    {
        var reply = await _acme.Client.AskAsync("/v1/registry/feed" + query);
        Assert.Equal(400, reply.Status);
        Assert.Contains(text, reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_MoreServicesThanOneMayFollow_IsRefused()
    {
        var query = string.Join('&', Enumerable.Range(0, 257).Select(i => $"service=s{i}"));
        var reply = await _acme.Client.AskAsync("/v1/registry/feed?" + query);
        Assert.Equal((400, "service: expected at most 256; 257 came"), (reply.Status, reply.Text));
    }

    [Fact]
    public async Task Get_WithoutAToken_IsRefused()
    {
        using var nobody = _host.Client();
        Assert.Equal(403, (await nobody.AskAsync("/v1/registry/feed")).Status);
    }

    private async Task RegisterAsync(string node, string service, int port, string status = HealthStatus.Passing)
    {
        var reply = await _acme.Client.TellAsync("/v1/catalog/register", $$"""
            {"Node":"{{node}}","Address":"10.0.0.1","Service":{"ID":"{{service}}","Service":"{{service}}","Port":{{port}} },
             "Check":{"CheckID":"{{service}}","ServiceID":"{{service}}","Status":"{{status}}" } }
            """);
        Assert.Equal((200, "true"), (reply.Status, reply.Text.Trim()));
    }

    private async Task DeregisterAsync(string node, string service) => Assert.Equal(
        200, (await _acme.Client.TellAsync("/v1/catalog/deregister", $$"""{"Node":"{{node}}","ServiceID":"{{service}}" }""")).Status);

    private async Task<FeedReply> AskAsync(string query)
    {
        var reply = await _acme.Client.AskAsync("/v1/registry/feed" + query);
        Assert.Equal(200, reply.Status);
        var feed = new FeedReply(reply.Json);
        Assert.Equal(reply.Index, feed.Index);
        return feed;
    }

    private sealed record FeedReply(JsonElement Json)
    {
        public ulong Index => Json.GetProperty(nameof(Index)).GetUInt64();
        public bool Full => Json.GetProperty(nameof(Full)).GetBoolean();
        public IReadOnlyList<string> Removed => [.. Json.GetProperty(nameof(Removed)).EnumerateArray().Select(name => name.GetString()!)];

        /// <summary>NAME:PORT, sorted.</summary>
        public IReadOnlyList<string> Instances => [.. Json.GetProperty("Services").EnumerateObject()
            .SelectMany(service => service.Value.EnumerateArray().Select(i => $"{service.Name}:{i.GetProperty("Service").GetProperty("Port").GetInt32()}"))
            .Order(StringComparer.Ordinal)];
    }
}
