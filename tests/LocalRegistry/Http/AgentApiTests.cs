using System.Net;
using System.Text.Json;
using Saas.Discovery.Model;
using Saas.LocalRegistry.Tests.Fakes;
using Saas.TestKit;

namespace Saas.LocalRegistry.Tests.Http;

public sealed class AgentApiTests : IAsyncLifetime
{
    private FakeRegistry _registry = null!;
    private LocalMachine _machine = null!;

    public async ValueTask InitializeAsync()
    {
        _registry = await FakeRegistry.StartAsync();
        _machine = await new LocalMachine(_registry).StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _machine.DisposeAsync();
        await _registry.DisposeAsync();
    }

    [Theory]
    [InlineData("no name", "service/register", """{"ID":"x"}""", 400, "Missing service name")]
    [InlineData("not JSON", "service/register", "{", 400, "Request decode failed: ")]
    [InlineData("unknown member", "service/register", """{"Name":"x","Nonsense":1}""", 400, "Request decode failed: json: unknown field \"Nonsense\"")]
    [InlineData("wrong type", "service/register", """{"Name":"x","Port":"80"}""", 400, "Request decode failed: json: cannot unmarshal string into Go struct field ServiceDefinition.Port of type int")]
    [InlineData("any address", "service/register", """{"Name":"x","Address":"0.0.0.0"}""", 400, "Invalid service address")]
    [InlineData("weights", "service/register", """{"Name":"x","Weights":{"Passing":0,"Warning":1}}""", 400, "Invalid Weights: Passing must be greater than 0")]
    [InlineData("reserved meta", "service/register", """{"Name":"x","Meta":{"consul-x":"1"}}""", 400, "Invalid Service Meta: Couldn't load metadata pair ('consul-x', '1'): Key prefix 'consul-' is reserved for internal use")]
    [InlineData("check without kind", "service/register", """{"Name":"x","Check":{"Interval":"1s"}}""", 400, "Invalid check: TTL must be > 0 for TTL checks")]
    [InlineData("check without interval", "service/register", """{"Name":"x","Check":{"TCP":"a:1"}}""", 400, "Invalid check: Interval must be > 0")]
    [InlineData("check status", "service/register", """{"Name":"x","Check":{"TTL":"1s","Status":"odd"}}""", 400, "Status for checks must 'passing', 'warning', 'critical'")]
    [InlineData("a job's id", "service/register", """{"Name":"x","ID":"_nomad-task-1"}""", 400, "Invalid service: IDs that begin with")]
    [InlineData("script", "service/register", """{"Name":"x","Check":{"Args":["true"],"Interval":"1s"}}""", 500, "Scripts are disabled on this agent from remote calls")]
    [InlineData("check: no name", "check/register", """{"TTL":"1s"}""", 400, "Missing check name")]
    [InlineData("check: status", "check/register", """{"Name":"x","TTL":"1s","Status":"odd"}""", 400, "Bad check status")]
    [InlineData("check: no service", "check/register", """{"Name":"x","TTL":"1s","ServiceID":"nope"}""", 500, "ServiceID \"nope\" does not exist")]
    [InlineData("check: duration", "check/register", """{"Name":"x","TTL":"10"}""", 400, "Request decode failed: time: missing unit in duration \"10\"")]
    [InlineData("deregister unknown", "service/deregister/nope", null, 404, "Unknown service ID \"nope\". Ensure that the service ID is passed, not the service name.")]
    [InlineData("pass unknown", "check/pass/nope", null, 404, "Unknown check ID \"nope\". Ensure that the check ID is passed, not the check name.")]
    [InlineData("update status", "check/update/nope", """{"Status":"odd"}""", 400, "Invalid check status: 'odd'")]
    [InlineData("maintenance without id", "service/maintenance/?enable=true", null, 400, "Missing service ID")]
    [InlineData("maintenance without enable", "maintenance", null, 400, "Missing value for enable")]
    [InlineData("maintenance with odd enable", "maintenance?enable=maybe", null, 400, "Invalid value for enable: \"maybe\"")]
    [InlineData("join", "join/1.2.3.4", null, 400, "This agent is a node of the platform")]
    public async Task Put_Refused(string row, string path, string? body, int status, string message)
    {
        var answer = await _machine.PutAsync("/v1/agent/" + path, body);

        Assert.True(status == (int)answer.Status && answer.Body.StartsWith(message, StringComparison.Ordinal), $"{row}: {answer}");
    }

    [Fact]
    public async Task Register_SnakeCaseAndNumbers_AreTaken_AndShownAsConsulDoes()
    {
        const string Body = """
            {"id":"web-1","name":"web","port":8080,"tags":["a"],"tagged_addresses":{"wan":{"address":"198.51.100.1","port":1}},"enable_tag_override":true,
             "checks":[{"ttl":"90s","deregister_critical_service_after":"2m"},{"tcp":"127.0.0.1:1","interval":10000000000,"check_id":"own","success_before_passing":2}]}
            """;
        Assert.Equal(HttpStatusCode.OK, (await _machine.PutAsync("/v1/agent/service/register", Body)).Status);

        using var services = JsonDocument.Parse((await _machine.GetAsync("/v1/agent/services")).Body);
        var web = services.RootElement.GetProperty("web-1");
        Assert.Equal("web", web.GetProperty("Service").GetString());
        Assert.Equal(8080, web.GetProperty("Port").GetInt32());
        Assert.True(web.GetProperty("EnableTagOverride").GetBoolean());
        Assert.Equal("198.51.100.1", web.GetProperty("TaggedAddresses").GetProperty("wan").GetProperty("Address").GetString());
        using var checks = JsonDocument.Parse((await _machine.GetAsync("/v1/agent/checks?filter=ServiceName==web")).Body);
        Assert.Equal(["own", "service:web-1:1"], checks.RootElement.EnumerateObject().Select(c => c.Name).Order());
        Assert.Equal("10s", checks.RootElement.GetProperty("own").GetProperty("Interval").GetString());
        Assert.Equal("Service 'web' check", checks.RootElement.GetProperty("own").GetProperty("Name").GetString());
        Assert.Equal("ttl", checks.RootElement.GetProperty("service:web-1:1").GetProperty("Type").GetString());
    }

    [Fact]
    public async Task Get_WithHash_WaitsForAnotherService()
    {
        await _machine.PutAsync("/v1/agent/service/register", """{"Name":"web","Port":1}""");
        using var first = await _machine.Http.GetAsync("/v1/agent/service/web");
        var hash = first.Headers.GetValues("X-Consul-ContentHash").Single();

        var waiting = _machine.Http.GetAsync($"/v1/agent/service/web?hash={hash}&wait=50s");
        await _machine.PutAsync("/v1/agent/service/register", """{"Name":"web","Port":2}""");
        using var second = await waiting;

        Assert.NotEqual(hash, second.Headers.GetValues("X-Consul-ContentHash").Single());
        Assert.Contains("\"Port\":2", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NotFound, "unknown service ID: nope"), await _machine.GetAsync("/v1/agent/service/nope"));
    }

    [Fact]
    public async Task Health_StatusCodesFollowTheChecks_AndMaintenance()
    {
        await _machine.PutAsync("/v1/agent/service/register", """{"Name":"web","Check":{"CheckID":"t","TTL":"10m"}}""");
        await AssertHealthAsync(503, "critical");
        await _machine.PutAsync("/v1/agent/check/warn/t");
        await AssertHealthAsync(429, "warning");
        await _machine.PutAsync("/v1/agent/check/update/t", """{"Status":"passing","Output":"o"}""");
        await AssertHealthAsync(200, "passing");
        await _machine.PutAsync("/v1/agent/service/maintenance/web?enable=true&reason=why");
        await AssertHealthAsync(503, "maintenance");
        Assert.Equal("why", _registry.Check(LocalMachine.Node, "_service_maintenance:web")!.Output);
        await _machine.PutAsync("/v1/agent/service/maintenance/web?enable=false");
        await AssertHealthAsync(200, "passing");
        Assert.Equal((HttpStatusCode.NotFound, "ServiceName nope Not Found"), await _machine.GetAsync("/v1/agent/health/service/name/nope?format=text"));
    }

    [Theory]
    [InlineData("rebound host", "Host", "evil.example")]
    [InlineData("page", "Origin", "http://127.0.0.1:8500")]
    public async Task A_web_page_is_refused(string row, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/agent/services");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await _machine.Http.SendAsync(request);

        Assert.True(response.StatusCode == HttpStatusCode.Forbidden, row);
    }

    [Fact]
    public async Task A_wrong_method_is_told_the_right_one()
    {
        using var response = await _machine.Http.GetAsync("/v1/agent/service/register");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("method GET not allowed", await response.Content.ReadAsStringAsync());
        Assert.Equal(["PUT"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task Reads_without_a_token_come_from_the_view_and_block_on_it()
    {
        await _machine.PutAsync("/v1/agent/service/register", """{"Name":"web","Tags":["x"],"Check":{"CheckID":"t","TTL":"10m","Status":"passing"}}""");
        using var first = await _machine.Http.GetAsync("/v1/health/service/web?passing&tag=X");
        Assert.Contains("\"web\"", await first.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("true", first.Headers.GetValues("X-Consul-KnownLeader").Single());
        var index = first.Headers.GetValues("X-Consul-Index").Single();

        var waiting = _machine.GetAsync($"/v1/health/service/web?passing&index={index}&wait=50s");
        await _machine.PutAsync("/v1/agent/check/fail/t");

        Assert.Equal("[]", (await waiting).Body);
        Assert.Equal("[\"dc1\"]", (await _machine.GetAsync("/v1/catalog/datacenters")).Body);
        Assert.Equal("{\"web\":[\"x\"]}", (await _machine.GetAsync("/v1/catalog/services")).Body);
        Assert.Equal((HttpStatusCode.InternalServerError, "No path to datacenter"), await _machine.GetAsync("/v1/catalog/nodes?dc=nowhere"));
        Assert.Equal(0, _machine.Host.Views.Local.Topics.Count);
        Assert.Empty(_registry.Forwarded);
    }

    [Fact]
    public async Task What_bears_a_token_and_all_else_is_the_registrys_with_the_clients_credential_only()
    {
        await _machine.PutAsync("/v1/agent/service/register", """{"Name":"web"}""");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/health/service/web?passing");
        request.Headers.Add("X-Consul-Token", "tenants-token");
        using var response = await _machine.Http.SendAsync(request);
        Assert.Equal("from the registry", await response.Content.ReadAsStringAsync());
        Assert.Equal("77", response.Headers.GetValues("X-Consul-Index").Single());
        await _machine.PutAsync("/v1/kv/a/b?flags=1", "value");

        Assert.Equal(
            [("GET", "/v1/health/service/web?passing", "", "tenants-token", ""), ("PUT", "/v1/kv/a/b?flags=1", "", "", "value")],
            _registry.Forwarded.ToArray());
        Assert.DoesNotContain("tenants-token", string.Concat(_machine.Files.Contents.Values.Select(System.Text.Encoding.UTF8.GetString)), StringComparison.Ordinal);

        _registry.IsAway = true;
        using var again = new HttpRequestMessage(HttpMethod.Get, "/v1/health/service/web");
        again.Headers.Add("X-Consul-Token", "tenants-token");
        using var old = await _machine.Http.SendAsync(again);
        Assert.Contains("\"web\"", await old.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.InternalServerError, "No cluster leader"), await _machine.GetAsync("/v1/kv/a"));
    }

    [Fact]
    public async Task Self_and_members_name_this_machine()
    {
        await Poll.UntilAsync(() => _machine.Host.Views.Local.Current?.Catalog.FindNode(LocalMachine.Node) is not null, "the view");
        using var self = JsonDocument.Parse((await _machine.GetAsync("/v1/agent/self")).Body);
        Assert.Equal(LocalMachine.Node, self.RootElement.GetProperty("Config").GetProperty("NodeName").GetString());
        Assert.Equal("dc1", self.RootElement.GetProperty("Config").GetProperty("Datacenter").GetString());
        using var members = JsonDocument.Parse((await _machine.GetAsync("/v1/agent/members")).Body);
        Assert.Equal(LocalMachine.Node, members.RootElement[0].GetProperty("Name").GetString());
        Assert.Equal(1, members.RootElement[0].GetProperty("Status").GetInt32());
    }

    private async Task AssertHealthAsync(int code, string status)
    {
        Assert.Equal(((HttpStatusCode)code, status), await _machine.GetAsync("/v1/agent/health/service/id/web?format=text"));
        var (byName, body) = await _machine.GetAsync("/v1/agent/health/service/name/web");
        Assert.Equal(code, (int)byName);
        Assert.Contains($"\"AggregatedStatus\":\"{status}\"", body, StringComparison.Ordinal);
    }
}
