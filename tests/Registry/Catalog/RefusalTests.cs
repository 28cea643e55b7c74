using System.Net;
using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Catalog;

/// <summary>What is refused, with which status and in which words; and that nothing of it was done.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private RegistryHost _host = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        _client = (await _host.SignUpAsync()).Client;
        await _client.RegisterAsync("""{"ID":"40e4a748-2192-161a-0510-9bf59fe950b5","Node":"alive","Address":"1.1.1.1","Check":{"CheckID":"serfHealth","Status":"passing"}}""");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    public static TheoryData<string, string, int, string> Refused => new()
    {
        { "not JSON", "nonsense", 400, "Request decode failed: " },
        { "empty", "", 400, "Request decode failed: EOF" },
        { "an unknown member", """{"Node":"n","Address":"a","Nonsense":1}""", 400, "Request decode failed: " },
        { "a number as text", """{"Node":"n","Address":"a","Service":{"Service":"s","Port":"80"}}""", 400, "Request decode failed: " },
        { "no node", """{"Address":"a"}""", 500, "Must provide node" },
        { "no address", """{"Node":"n"}""", 500, "Must provide address if SkipNodeUpdate is not set" },
        { "a short id", """{"Node":"n","Address":"a","ID":"x"}""", 500, "Bad node ID: uuid string is wrong length" },
        { "an id without name", """{"Node":"n","Address":"a","Service":{"ID":"s"}}""", 500, "Must provide service name (Service.Service) when service ID is provided" },
        { "any address", """{"Node":"n","Address":"a","Service":{"Service":"s","Address":"0.0.0.0"}}""", 500, "Invalid service address" },
        { "another node's check", """{"Node":"n","Address":"a","Check":{"Node":"m","CheckID":"c"}}""", 500, "Node 'm' for check 'c' doesn't match register request node 'n'" },
        { "a check of no service", """{"Node":"n","Address":"a","Check":{"CheckID":"c","ServiceID":"s"}}""", 500, "Unknown service ID 's' for check ID 'c'" },
        { "a status that is none", """{"Node":"n","Address":"a","Check":{"CheckID":"c","Status":"fine"}}""", 400, "Status for checks must 'passing', 'warning', 'critical'" },
        { "a living node's name", """{"ID":"11111111-2192-161a-0510-9bf59fe950b5","Node":"alive","Address":"a"}""", 500, "failed inserting node: Error while renaming Node ID" },
        { "a bad metadata key", """{"Node":"n","Address":"a","NodeMeta":{"a b":"c"}}""", 400, "Invalid node metadata: Couldn't load metadata pair ('a b', 'c'): Key contains invalid characters" },
        { "the registry's own node", """{"Node":"registry","Address":"6.6.6.6"}""", 400, "Node registry is the registry's own" },
        { "no such datacenter", """{"Node":"n","Address":"a","Datacenter":"mars"}""", 500, "No path to datacenter" },
        { "a proxy of nothing", """{"Node":"n","Address":"a","Service":{"Service":"p","Kind":"connect-proxy","Port":1}}""", 500, "1 error occurred:" },
        { "a port too high", """{"Node":"n","Address":"a","Service":{"Service":"s","Port":70000}}""", 400, "Invalid service port: 70000" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_registration_is_refused_whole(string what, string json, int status, string text)
    {
        var (nodes, index) = await _client.AskJsonAsync("/v1/catalog/nodes");

        var refused = await _client.PutAsync("/v1/catalog/register", json);

        Assert.True(refused.Status == (HttpStatusCode)status && refused.Text.StartsWith(text, StringComparison.Ordinal), $"{what}: {refused}");
        var (after, afterIndex) = await _client.AskJsonAsync("/v1/catalog/nodes");
        Assert.Equal((nodes!.ToJsonString(), index), (after!.ToJsonString(), afterIndex));
    }

    [Theory]
    [InlineData(65, "k", "v", "Node metadata cannot contain more than 64 key/value pairs")]
    [InlineData(1, "long", "v", "Key is too long (limit: 128 characters)")]
    [InlineData(1, "k", "long", "Value is too long (limit: 512 characters)")]
    public async Task Metadata_is_limited(int pairs, string key, string value, string text)
    {
        var (k, v) = (key == "long" ? new string('k', 129) : key, value == "long" ? new string('v', 513) : value);
        var meta = string.Join(',', Enumerable.Range(0, pairs).Select(i => $"\"{k}{(pairs > 1 ? i : "")}\":\"{v}\""));

        var refused = await _client.PutAsync("/v1/catalog/register", $$"""{"Node":"n","Address":"a","Service":{"Service":"s","Meta":{ {{meta}} } } }""");

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(text, refused.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/health/service/web?passing=maybe", 400, "Invalid value for ?passing")]
    [InlineData("/v1/health/service/", 400, "Missing service name")]
    [InlineData("/v1/catalog/service/", 400, "Missing service name")]
    [InlineData("/v1/catalog/node/", 400, "Missing node name")]
    [InlineData("/v1/health/state/", 400, "Missing check state")]
    [InlineData("/v1/catalog/nodes?index=x", 400, "Invalid index")]
    [InlineData("/v1/catalog/nodes?dc=mars", 500, "No path to datacenter")]
    [InlineData("/v1/catalog/nodes?filter=Nonsense==1", 500, "Failed to create boolean expression evaluator: ")]
    [InlineData("/v1/health/service/web?filter=Node.Meta.env%20==", 500, "Failed to create boolean expression evaluator: ")]
    public async Task A_question_is_refused(string path, int status, string text)
    {
        var refused = await _client.AskTextAsync(path);

        Assert.Equal((HttpStatusCode)status, refused.Status);
        Assert.StartsWith(text, refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_registrys_own_node_cannot_be_removed() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.PutAsync("/v1/catalog/deregister", """{"Node":"registry"}""")).Status);

    [Fact]
    public async Task Nobody_knows_a_deregistration_without_a_node() =>
        Assert.Equal((HttpStatusCode.InternalServerError, "Must provide node"), await _client.PutAsync("/v1/catalog/deregister", "{}"));
}
