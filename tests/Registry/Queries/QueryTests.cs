using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Queries;

/// <summary>Queries are made, shown, changed and removed as in Consul, which refuses the same in the same words.</summary>
public sealed class QueryTests : IAsyncLifetime
{
    private const string Unknown = "8f246b77-f3e1-ff88-5b48-8ec93abf3e05";

    private RegistryHost _host = null!;
    private Customer _customer = null!;

    private HttpClient Client => _customer.Client;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        _customer = await _host.SignUpAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Create_Whole_IsShownAsItWasGivenButForTheToken()
    {
        var id = await CreateAsync(
            """
            {"Name":"my-query","Token":"saas_secret","Service":{"Service":"redis","Failover":{"NearestN":3,"Datacenters":["dc1","dc2"]},
             "Near":"node1","OnlyPassing":true,"Tags":["primary","!experimental"],"NodeMeta":{"instance_type":"m3.large"},
             "ServiceMeta":{"environment":"production"},"IgnoreCheckIDs":["c"]},"DNS":{"TTL":"10s"}}
            """);

        var shown = await Client.AskAsync("/v1/query/" + id);

        Assert.Equal(
            $$"""[{"ID":"{{id}}","Name":"my-query","Session":"","Token":"<hidden>","Template":{"Type":"","Regexp":"","RemoveEmptyTags":false},"Service":{"Service":"redis","Failover":{"NearestN":3,"Datacenters":["dc1","dc2"],"Targets":[]},"OnlyPassing":true,"IgnoreCheckIDs":["c"],"Near":"node1","Tags":["primary","!experimental"],"NodeMeta":{"instance_type":"m3.large"},"ServiceMeta":{"environment":"production"},"Connect":false},"DNS":{"TTL":"10s"},"CreateIndex":2,"ModifyIndex":2}]""",
            shown.Text);
        Assert.Equal(shown.Text, (await Client.AskAsync("/v1/query")).Text);
    }

    [Fact]
    public async Task Update_Known_ChangesAndKeepsTheId()
    {
        var id = await CreateAsync("""{"Name":"a","Service":{"Service":"redis"}}""");

        var updated = await Client.TellAsync("/v1/query/" + id, $$"""{"ID":"{{Unknown}}","Name":"b","Service":{"Service":"mysql"} }""");

        Assert.Equal((200, ""), (updated.Status, updated.Text));
        var shown = (await Client.AskAsync("/v1/query/" + id)).Json[0];
        Assert.Equal((id, "b"), (shown.GetProperty("ID").GetString(), shown.GetProperty("Name").GetString()));
        Assert.Equal(404, (await Client.AskAsync("/v1/query/a/execute")).Status);
        Assert.Equal(200, (await Client.AskAsync("/v1/query/b/execute")).Status);
    }

    [Fact]
    public async Task Delete_Known_IsGone()
    {
        var id = await CreateAsync("""{"Name":"a","Service":{"Service":"redis"}}""");

        Assert.Equal((200, ""), Told(await Client.CallAsync("DELETE", "/v1/query/" + id)));

        Assert.Equal((404, "Query not found"), Told(await Client.AskAsync("/v1/query/" + id)));
        Assert.Equal((404, "Query not found"), Told(await Client.AskAsync("/v1/query/a/execute")));
        Assert.Equal((404, "Query not found"), Told(await Client.AskAsync("/v1/query/a/explain")));
        Assert.Equal((500, $"Cannot modify non-existent prepared query: '{id}'"), Told(await Client.CallAsync("DELETE", "/v1/query/" + id)));
        Assert.Equal((500, $"Cannot modify non-existent prepared query: '{id}'"), Told(await Client.TellAsync("/v1/query/" + id, "{}")));
        Assert.Equal((500, "failed prepared query lookup: index error: UUID must be 36 characters"), Told(await Client.AskAsync("/v1/query/a")));
    }

    [Theory]
    [InlineData("""{"Service":{"Service":"redis"}}""", 500, "Invalid prepared query: Must be bound to a session")]
    [InlineData("""{"Name":"a"}""", 500, "Invalid prepared query: Must provide a Service name to query")]
    [InlineData("""{"ID":"x","Name":"a","Service":{"Service":"s"}}""", 500, "ID must be empty when creating a new prepared query")]
    [InlineData("""{"Name":"a","Token":"<hidden>","Service":{"Service":"s"}}""", 500, "Invalid prepared query: Bad Token '<hidden>', it looks like a query definition with a redacted token was submitted")]
    [InlineData("""{"Name":"a","Service":{"Service":"s","Failover":{"NearestN":-1}}}""", 500, "Invalid prepared query: Bad NearestN '-1', must be >= 0")]
    [InlineData("""{"Name":"a","Service":{"Service":"s","Failover":{"NearestN":1,"Targets":[{"Datacenter":"b"}]}}}""", 500, "Invalid prepared query: Targets cannot be populated with NearestN or Datacenters")]
    [InlineData("""{"Name":"a","Service":{"Service":"s","Failover":{"Targets":[{"PeerName":"b"}]}}}""", 500, "Invalid prepared query: Targets: there are no peers")]
    [InlineData("""{"Name":"a","Service":{"Service":"s"},"DNS":{"TTL":"x"}}""", 500, "Invalid prepared query: Bad DNS TTL 'x': time: invalid duration \"x\"")]
    [InlineData("""{"Name":"a","Service":{"Service":"s"},"DNS":{"TTL":"-1s"}}""", 500, "Invalid prepared query: DNS TTL '-1s', must be >=0")]
    [InlineData("""{"Name":"a","Service":{"Service":"s","NodeMeta":{"":"x"}}}""", 500, "Invalid prepared query: Couldn't load metadata pair ('', 'x'): Key cannot be blank")]
    [InlineData("""{"Session":"nope","Service":{"Service":"s"}}""", 500, "invalid session \"nope\"")]
    [InlineData("""{"Name":"a","Template":{"Type":"x"},"Service":{"Service":"s"}}""", 500, "failed compiling template: Bad Template.Type 'x'")]
    [InlineData("""{"Template":{"Type":"name_prefix_match","Regexp":"("},"Service":{"Service":"s"}}""", 500, "failed compiling template: Bad Regexp: error parsing regexp: missing closing ): `(`")]
    public async Task Create_Malformed_IsRefused(string body, int status, string text) =>
        Assert.Equal((status, text), Told(await Client.CallAsync("POST", "/v1/query", body)));

    [Fact]
    public async Task Create_NoJson_IsADecodeFault()
    {
        var reply = await Client.CallAsync("POST", "/v1/query", "{");

        Assert.Equal(400, reply.Status);
        Assert.StartsWith("Request decode failed: ", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_AreUniqueAndNoIds()
    {
        var id = await CreateAsync("""{"Name":"a","Service":{"Service":"s"}}""");
        var template = """{"Template":{"Type":"name_prefix_match"},"Service":{"Service":"${name.full}"}}""";
        await CreateAsync(template);

        Assert.Equal((500, "name 'A' aliases an existing query name"), Told(await PostAsync("""{"Name":"A","Service":{"Service":"s"}}""")));
        Assert.Equal((500, $"name '{id}' aliases an existing query ID"), Told(await PostAsync($$"""{"Name":"{{id}}","Service":{"Service":"s"} }""")));
        Assert.Equal((500, "a query template with an empty name already exists"), Told(await PostAsync(template)));
        Assert.Equal(200, (await Client.TellAsync("/v1/query/" + id, """{"Name":"a","Service":{"Service":"t"}}""")).Status);
    }

    [Fact]
    public async Task Templates_LongestPrefixWins_AndStaticNamesBeforeThem()
    {
        await CreateAsync("""{"Template":{"Type":"name_prefix_match"},"Service":{"Service":"all-${name.full}"}}""");
        var id = await CreateAsync("""{"Name":"geo-","Template":{"Type":"name_prefix_match"},"Service":{"Service":"geo-${name.suffix}"}}""");
        await CreateAsync("""{"Name":"geo-db-","Template":{"Type":"name_prefix_match","Regexp":"^geo-db-(.*)$"},"Service":{"Service":"db-${match(1)}"}}""");
        await CreateAsync("""{"Name":"geo-db-x","Service":{"Service":"static"}}""");

        Assert.Equal("all-web", await ExplainedAsync("web"));
        Assert.Equal("geo-web", await ExplainedAsync("geo-web"));
        Assert.Equal("db-web", await ExplainedAsync("geo-db-web"));
        Assert.Equal("static", await ExplainedAsync("GEO-DB-X"));
        Assert.Equal(
            (500, "prepared query templates can only be resolved up by name, not by ID"), Told(await Client.AskAsync($"/v1/query/{id}/execute")));
    }

    [Fact]
    public async Task A_query_ends_with_its_session()
    {
        var session = await Client.SessionAsync();
        var id = await CreateAsync($$"""{"Session":"{{session}}","Service":{"Service":"s"} }""");
        var index = (await Client.AskAsync("/v1/query")).Index;

        var waiting = Client.AskAsync($"/v1/query?index={index}&wait=60s");
        await Client.TellAsync("/v1/session/destroy/" + session);

        Assert.Equal("[]", (await waiting).Text);
        Assert.Equal(404, (await Client.AskAsync("/v1/query/" + id)).Status);
    }

    [Fact]
    public async Task An_auditor_reads_and_changes_nothing()
    {
        using var auditor = _host.Client(await _host.KeyAsync(_customer, "auditor"));

        Assert.Equal(200, (await auditor.AskAsync("/v1/query")).Status);
        Assert.Equal(403, (await auditor.CallAsync("POST", "/v1/query", """{"Name":"a","Service":{"Service":"s"}}""")).Status);
    }

    private async Task<string?> ExplainedAsync(string name) =>
        (await Client.AskAsync($"/v1/query/{name}/explain")).Json.GetProperty("Query").GetProperty("Service").GetProperty("Service").GetString();

    private Task<Reply> PostAsync(string body) => Client.CallAsync("POST", "/v1/query", body);

    private async Task<string> CreateAsync(string body)
    {
        var reply = await PostAsync(body);
        Assert.True(reply.Status == 200, reply.Text);
        return reply.Json.GetProperty("ID").GetString()!;
    }

    private static (int Status, string Text) Told(Reply reply) => (reply.Status, reply.Text);
}
