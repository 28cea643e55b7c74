using System.Text.Json;
using Saas.Discovery.Sync;
using Saas.Registry.Coordinates;
using Saas.Registry.Domains;
using Saas.Registry.Log;
using Saas.Registry.Queries;
using Saas.Registry.State;
using Saas.Registry.Tests.Coordinates;
using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Queries;

/// <summary>What queries find: health, tags, metadata, order; and elsewhere, when there is nothing here.</summary>
public sealed class ExecuteQueryTests : IAsyncLifetime
{
    private RegistryHost _host = null!;
    private Customer _customer = null!;

    private HttpClient Client => _customer.Client;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        _customer = await _host.SignUpAsync();
        await _host.AddSiteAsync(_customer, "berlin");
        // Now that it is asked it is the primary one, whichever comes within the same millisecond.
        (await Client.AskAsync("/v1/query")).Ok();
        await _host.AddSiteAsync(_customer, "oslo");
        await _host.AddSiteAsync(_customer, "rome");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("""{"Service":"web"}""", "ok warn")]
    [InlineData("""{"Service":"web","OnlyPassing":true}""", "ok")]
    [InlineData("""{"Service":"web","IgnoreCheckIDs":["check"]}""", "crit ok warn")]
    [InlineData("""{"Service":"WEB","Tags":["V1"]}""", "ok")]
    [InlineData("""{"Service":"web","Tags":["!v1"]}""", "warn")]
    [InlineData("""{"Service":"web","NodeMeta":{"zone":"a"}}""", "ok")]
    [InlineData("""{"Service":"web","ServiceMeta":{"env":"dev"}}""", "warn")]
    [InlineData("""{"Service":"web","Connect":true}""", "")]
    [InlineData("""{"Service":"nothing"}""", "")]
    public async Task Execute_Selects(string service, string nodes)
    {
        await FillAsync("berlin");
        await CreateAsync($$"""{"Name":"q","Service":{{service}}}""");

        var run = (await Client.AskAsync("/v1/query/q/execute")).Json;

        Assert.Equal(nodes, string.Join(' ', Nodes(run).Order(StringComparer.Ordinal)));
        Assert.Equal(("berlin", 0), (run.GetProperty("Datacenter").GetString(), run.GetProperty("Failovers").GetInt32()));
    }

    [Fact]
    public async Task Execute_Answer_HasConsulsShape()
    {
        await FillAsync("berlin");
        await CreateAsync("""{"Name":"q","Service":{"Service":"web","OnlyPassing":true},"DNS":{"TTL":"10s"}}""");

        var reply = await Client.AskAsync("/v1/query/q/execute?stale");

        Assert.Equal("web", reply.Json.GetProperty("Service").GetString());
        Assert.Equal("10s", reply.Json.GetProperty("DNS").GetProperty("TTL").GetString());
        var node = reply.Json.GetProperty("Nodes")[0];
        Assert.Equal("berlin", node.GetProperty("Node").GetProperty("Datacenter").GetString());
        Assert.Equal(80, node.GetProperty("Service").GetProperty("Port").GetInt32());
        Assert.Equal("check", node.GetProperty("Checks")[0].GetProperty("CheckID").GetString());
        Assert.True(reply.Index > 1);
    }

    [Fact]
    public async Task Execute_Limit_CutsAfterTheOrder()
    {
        await FillAsync("berlin");
        await PlaceAsync("berlin", ("warn", 0), ("ok", 0.1));
        await CreateAsync("""{"Name":"q","Service":{"Service":"web","Near":"ok"}}""");

        Assert.Equal(["ok"], Nodes((await Client.AskAsync("/v1/query/q/execute?limit=1")).Json));
        Assert.Equal(["warn"], Nodes((await Client.AskAsync("/v1/query/q/execute?limit=1&near=warn")).Json));
        var bad = await Client.AskAsync("/v1/query/q/execute?limit=x");
        Assert.Equal((500, "Bad limit: strconv.Atoi: parsing \"x\": invalid syntax"), (bad.Status, bad.Text));
    }

    [Fact]
    public async Task Execute_NearIp_IsTheNodeOfThatAddress()
    {
        await FillAsync("berlin");
        await PlaceAsync("berlin", ("warn", 0), ("ok", 0.1));
        await CreateAsync("""{"Name":"q","Service":{"Service":"web","Near":"_ip"}}""");
        Client.DefaultRequestHeaders.Add("X-Forwarded-For", "10.0.0.2, 1.2.3.4");

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(["warn", "ok"], Nodes((await Client.AskAsync("/v1/query/q/execute")).Json));
        }
    }

    [Fact]
    public async Task Execute_WithoutNear_IsShuffled()
    {
        await FillAsync("berlin");
        await CreateAsync("""{"Name":"q","Service":{"Service":"web"}}""");
        var firsts = new HashSet<string?>();
        for (var i = 0; i < 100 && firsts.Count < 2; i++)
        {
            firsts.Add(Nodes((await Client.AskAsync("/v1/query/q/execute")).Json).First());
        }

        Assert.Equal(2, firsts.Count);
    }

    [Theory]
    [InlineData("""{"NearestN":1}""", "oslo", 1, 0)]
    [InlineData("""{"NearestN":2}""", "rome", 2, 2)]
    [InlineData("""{"Datacenters":["mars","rome","oslo"]}""", "rome", 1, 2)]
    [InlineData("""{"NearestN":1,"Datacenters":["oslo","rome"]}""", "rome", 2, 2)]
    [InlineData("""{"Targets":[{"Datacenter":"Rome"}]}""", "rome", 1, 2)]
    [InlineData("""{"Datacenters":["berlin"]}""", "berlin", 0, 0)]
    [InlineData("{}", "berlin", 0, 0)]
    public async Task Execute_NothingHere_FailsOver(string failover, string datacenter, int failovers, int found)
    {
        await FillAsync("rome");
        await CreateAsync($$"""{"Name":"q","Service":{"Service":"web","Failover":{{failover}} } }""");

        var run = (await Client.AskAsync("/v1/query/q/execute")).Json;

        Assert.Equal((datacenter, failovers), (run.GetProperty("Datacenter").GetString(), run.GetProperty("Failovers").GetInt32()));
        Assert.Equal(found, Nodes(run).Count());
    }

    [Fact]
    public async Task Execute_OtherProject_IsNeverAsked()
    {
        await _host.AddProjectAsync(_customer, "shop");
        (await Client.TellAsync("/v1/catalog/register?ns=shop&dc=rome", """{"Node":"n","Address":"10.0.0.9","Service":{"Service":"web"}}""")).Ok();
        await CreateAsync("""{"Name":"q","Service":{"Service":"web","Failover":{"NearestN":9}}}""");

        Assert.Empty(Nodes((await Client.AskAsync("/v1/query/q/execute")).Json));
    }

    [Fact]
    public async Task Executor_ForDns_GivesInstancesAndTtl()
    {
        await FillAsync("berlin");
        await CreateAsync("""{"Name":"q","Service":{"Service":"web"},"DNS":{"TTL":"90s"}}""");
        var domain = await _host.Service<DomainDirectory>().FindAsync(_customer.Scope, "", "", CancellationToken.None);

        var run = await _host.Service<QueryExecutor>().ExecuteAsync(_customer.Scope, domain, new QueryAsk("q"), CancellationToken.None);

        Assert.Equal(2, run.Nodes.Count);
        Assert.Equal(90, QueryRules.TtlSeconds(run.Query));
        var answer = new QueryAnswer(run.Nodes, run.Datacenter, 90);
        var back = JsonSerializer.Deserialize(JsonSerializer.Serialize(answer, SyncJson.Default.QueryAnswer), SyncJson.Default.QueryAnswer)!;
        Assert.Equal(run.Nodes[0].Node.Name, back.Instances[0].Node.Name);
    }

    [Fact]
    public async Task The_agents_route_is_for_agents_only() =>
        Assert.Equal(403, (await Client.AskAsync(SyncProtocol.QueryPath + "?name=q")).Status);

    [Fact]
    public void Snapshot_RoundTrip_KeepsQueriesAndWhatFindsThem()
    {
        var draft = new Draft(RegistryState.Genesis, DateTimeOffset.UnixEpoch);
        var query = new PreparedQuery
        {
            ID = "8f246b77-f3e1-ff88-5b48-8ec93abf3e05",
            Name = "p-",
            Session = "8F246b77-f3e1-ff88-5b48-8ec93abf3e06",
            Template = new QueryTemplate { Type = QueryTemplate.NamePrefixMatch },
            Service = new ServiceQuery { Service = "${name.suffix}", Tags = ["a"], NodeMeta = new Dictionary<string, string> { ["k"] = "v" } },
        };
        draft.Apply(new QueryPut(query));
        var stored = draft.Changes.Single();
        var entry = JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(stored, StateJson.Default.Change), StateJson.Default.Change)!;
        var replayed = new Draft(RegistryState.Genesis, DateTimeOffset.UnixEpoch);
        replayed.Apply(entry);

        var bytes = JsonSerializer.SerializeToUtf8Bytes(replayed.State.ToSnapshot(), StateJson.Default.RegistrySnapshot);
        var back = RegistryState.FromSnapshot(JsonSerializer.Deserialize(bytes, StateJson.Default.RegistrySnapshot)!).Queries;

        Assert.Equal("x", back.Resolve("P-x")!.Service.Service.Replace("P-", "", StringComparison.Ordinal));
        Assert.Equal([query.ID], back.OfSession(query.Session.ToLowerInvariant()));
        Assert.Equal(2UL, back.Index);
        Assert.Equal("v", back.Find(query.ID)!.Service.NodeMeta["k"]);
    }

    private async Task FillAsync(string datacenter)
    {
        foreach (var (node, address, status, tag, zone, env) in new[]
        {
            ("ok", "10.0.0.1", "passing", "v1", "a", "prod"), ("warn", "10.0.0.2", "warning", "v2", "b", "dev"), ("crit", "10.0.0.3", "critical", "v1", "a", "prod"),
        })
        {
            (await Client.TellAsync(
                "/v1/catalog/register?dc=" + datacenter,
                $$"""
                {"Node":"{{node}}","Address":"{{address}}","NodeMeta":{"zone":"{{zone}}"},
                 "Service":{"ID":"web1","Service":"web","Port":80,"Tags":["{{tag}}"],"Meta":{"env":"{{env}}"} },
                 "Check":{"CheckID":"check","Name":"c","Status":"{{status}}","ServiceID":"web1"} }
                """)).Ok();
        }
    }

    private async Task PlaceAsync(string datacenter, params (string Node, double At)[] places)
    {
        var domain = await _host.Service<DomainDirectory>().FindAsync(_customer.Scope, "", datacenter, CancellationToken.None);
        await domain.Replica.ExecuteAsync(draft =>
        {
            foreach (var (node, at) in places)
            {
                CoordinateCommands.Set(draft, node, CoordinateCommandsTests.At(at));
            }

            return true;
        });
    }

    private async Task CreateAsync(string body) => (await Client.CallAsync("POST", "/v1/query", body)).Ok();

    private static IEnumerable<string?> Nodes(JsonElement run) =>
        run.GetProperty("Nodes").EnumerateArray().Select(n => n.GetProperty("Node").GetProperty("Node").GetString());
}

internal static class Replies
{
    public static void Ok(this Reply reply) => Assert.True(reply.Status == 200, $"{reply.Status} {reply.Text}");
}
