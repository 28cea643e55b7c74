using System.Net.Http.Headers;
using System.Text.Json;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Discovery.Model;
using Saas.Discovery.Sync;
using Saas.Identity;
using Saas.Identity.Agents;
using Saas.Identity.Credentials;
using Saas.Identity.Rows;
using Saas.Registry.Tests.Shared;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Registry.Tests.Queries;

/// <summary>An agent's own way to queries, for its DNS; and what it measures, over the wire.</summary>
public sealed class AgentQueryTests : IAsyncLifetime
{
    private RegistryHost _host = null!;
    private Customer _customer = null!;
    private HttpClient _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        _customer = await _host.SignUpAsync();
        var site = await _host.AddSiteAsync(_customer, "berlin");
        _agent = await AgentAsync(site.Id);
    }

    public ValueTask DisposeAsync()
    {
        _agent.Dispose();
        return _host.DisposeAsync();
    }

    [Fact]
    public async Task Query_KnownName_IsAnsweredInTheAgentsOwnDatacenterAndNearIt()
    {
        await SyncAsync(generation: 1, roundTrips: []);
        await RegisterAsync("far");
        await SyncAsync(generation: 2, roundTrips: []);
        (await _customer.Client.CallAsync("POST", "/v1/query", """{"Name":"q","Service":{"Service":"web","Near":"_agent"},"DNS":{"TTL":"1m30s"}}""")).Ok();

        for (var i = 0; i < 5; i++)
        {
            var answer = JsonSerializer.Deserialize((await _agent.AskAsync(SyncProtocol.QueryPath + "?name=q")).Text, SyncJson.Default.QueryAnswer)!;

            Assert.Equal(["own", "far"], answer.Instances.Select(n => n.Node.Name));
            Assert.Equal(("berlin", 90), (answer.Datacenter, answer.TtlSeconds));
        }
    }

    [Theory]
    [InlineData("?name=nope", 404, "Query not found")]
    [InlineData("", 400, "name: expected the name or id of a query")]
    [InlineData("?name=q&dc=mars", 500, "No path to datacenter")]
    public async Task Query_Unknown_IsRefused(string query, int status, string text)
    {
        var reply = await _agent.AskAsync(SyncProtocol.QueryPath + query);

        Assert.Equal((status, text), (reply.Status, reply.Text));
    }

    [Fact]
    public async Task Round_trips_place_the_agents_node()
    {
        await RegisterAsync("far");

        await SyncAsync(generation: 1, roundTrips: [new RoundTrip("far", 0.02), new RoundTrip("unknown", 0.5)]);

        var reply = await _customer.Client.AskAsync("/v1/coordinate/node/own");
        Assert.Equal(200, reply.Status);
        Assert.Contains(reply.Json[0].GetProperty("Coord").GetProperty("Vec").EnumerateArray(), v => v.GetDouble() != 0);
    }

    private async Task RegisterAsync(string node) =>
        (await _customer.Client.TellAsync("/v1/catalog/register", $$"""{"Node":"{{node}}","Address":"10.0.0.9","Service":{"Service":"web"} }""")).Ok();

    private async Task SyncAsync(long generation, IReadOnlyList<RoundTrip> roundTrips)
    {
        var sync = new NodeSync
        {
            Generation = generation,
            Sequence = 0,
            Full = true,
            Node = new Node { Name = "own", Address = "10.0.0.1" },
            Services = [new ServiceInstance { ID = "web", Name = "web" }],
            RoundTrips = roundTrips,
        };
        var reply = await _agent.CallAsync("POST", SyncProtocol.NodePath, JsonSerializer.Serialize(sync, SyncJson.Default.NodeSync));
        Assert.True(reply.Status == 200 && reply.Text.Contains("\"Done\"", StringComparison.Ordinal), reply.Text);
    }

    /// <summary>As if it had enrolled and fetched a token.</summary>
    private async Task<HttpClient> AgentAsync(string siteId)
    {
        var (id, now) = (EntityId.New(IdPrefixes.Node, _host.Time), _host.Time.GetUtcNow());
        var token = CredentialText.Mint(CredentialKind.AgentAccessToken, _customer.Tenant, id);
        var credential = new AgentCredentialRecord
        {
            Id = id,
            SiteId = siteId,
            Name = "own",
            PublicKey = [1],
            EnrolledAt = now,
            Tokens = [new AccessTokenRecord(CredentialText.Hash(token), now.AddHours(1))],
        };
        var node = new NodeRecord
        {
            Id = id,
            SiteId = siteId,
            Datacenter = "berlin",
            Region = "local",
            Meta = new Dictionary<string, string>(),
            Status = NodeStatus.Ready,
            EnrolledAt = now,
            StatusChangedAt = now,
        };
        Assert.True((await _customer.Scope.IdentityRows().WriteAsync(
            TableWrite.Insert(IdentityTable.Agent(id), TablePartition.Bytes(credential, IdentityJson.Default.AgentCredentialRecord)), CancellationToken.None)).IsDone);
        Assert.True((await _customer.Scope.NodesOf().WriteAsync(
            TableWrite.Insert(id, TablePartition.Bytes(node, ClusterJson.Default.NodeRecord)), CancellationToken.None)).IsDone);
        _host.Signal.Raise(IdentityTopics.Of(_customer.Tenant));
        var client = new HttpClient { BaseAddress = _host.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
