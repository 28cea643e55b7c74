using System.Text.Json;
using Saas.Registry.Domains;
using Saas.Registry.State;
using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Intentions;

public sealed class IntentionTests : IAsyncLifetime
{
    private const string Root = "/v1/connect/intentions";
    private const string Allow = """{"Action":"allow"}""";
    private const string Deny = """{"action":"deny","SourceType":"consul"}""";

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
    public async Task PutExact_New_IsShownWithoutIdAndTimes()
    {
        var put = await PutAsync("web", "db", Allow);

        Assert.Equal((200, "true"), (put.Status, put.Text));
        var shown = await Client.AskAsync(Root + "/exact?source=web&destination=db");
        Assert.Equal(
            """{"Description":"","SourceNS":"default","SourceName":"web","DestinationNS":"default","DestinationName":"db","SourceType":"consul","Action":"allow","Meta":{},"Precedence":9,"CreateIndex":2,"ModifyIndex":2}""",
            shown.Text);
    }

    [Fact]
    public async Task PutExact_Again_ReplacesAndTheSameWakesNobody()
    {
        await PutAsync("web", "db", Allow);
        await PutAsync("web", "db", Deny);
        var index = (await Client.AskAsync(Root)).Index;
        await PutAsync("web", "db", Deny);

        var all = await Client.AskAsync(Root);

        Assert.Equal("deny", Assert.Single(all.Json.EnumerateArray()).GetProperty("Action").GetString());
        Assert.Equal(index, all.Index);
    }

    [Theory]
    [InlineData("web", "db", 9)]
    [InlineData("*", "db", 8)]
    [InlineData("web", "*", 6)]
    [InlineData("*", "*", 5)]
    public async Task Precedence_ByExactness(string source, string destination, int precedence)
    {
        await PutAsync(source, destination, Allow);

        Assert.Equal(precedence, (await Client.AskAsync($"{Root}/exact?source={source}&destination={destination}")).Json.GetProperty("Precedence").GetInt32());
    }

    /// <summary>Each may overrule those before it: the more exact decides, and the destination before the source.</summary>
    [Fact]
    public async Task Check_TheMostExactDecides()
    {
        Assert.False(await AllowedAsync("web", "db"), "nothing says: the default is to deny");

        await PutAsync("*", "*", Allow);
        Assert.True(await AllowedAsync("web", "db"));
        await PutAsync("web", "*", Deny);
        Assert.False(await AllowedAsync("web", "db"));
        await PutAsync("*", "db", Allow);
        Assert.True(await AllowedAsync("web", "db"));
        await PutAsync("web", "db", Deny);
        Assert.False(await AllowedAsync("WEB", "default/db"));
        Assert.True(await AllowedAsync("api", "db"));
    }

    [Fact]
    public async Task Check_WithPermissions_Denies()
    {
        await PutAsync("*", "*", Allow);
        await PutAsync("web", "db", """{"Permissions":[{"Action":"allow","HTTP":{"PathPrefix":"/v1","Methods":["get"]}}]}""");

        Assert.False(await AllowedAsync("web", "db"));
        var shown = (await Client.AskAsync(Root + "/exact?source=web&destination=db")).Json;
        Assert.Equal("""[{"Action":"allow","HTTP":{"PathPrefix":"/v1","Methods":["GET"]}}]""", shown.GetProperty("Permissions").GetRawText());
        Assert.False(shown.TryGetProperty("Action", out _));
    }

    [Fact]
    public async Task Match_BySourceAndDestination_InTheOrderInWhichTheyDecide()
    {
        await PutAsync("*", "*", Allow);
        await PutAsync("web", "*", Deny);
        await PutAsync("web", "db", Allow);
        await PutAsync("*", "db", Deny);
        await PutAsync("api", "db", Allow);

        var bySource = (await Client.AskAsync(Root + "/match?by=source&name=web")).Json.GetProperty("web");
        var byDestination = (await Client.AskAsync(Root + "/match?by=destination&name=db&name=cache")).Json;

        Assert.Equal(["web>db", "*>db", "web>*", "*>*"], Pairs(bySource));
        Assert.Equal(["api>db", "web>db", "*>db", "web>*", "*>*"], Pairs(byDestination.GetProperty("db")));
        Assert.Equal(["web>*", "*>*"], Pairs(byDestination.GetProperty("cache")));
    }

    [Theory]
    [InlineData("/match?name=web", "required query parameter 'by' not set")]
    [InlineData("/match?by=x&name=web", "'by' parameter must be one of 'source' or 'destination'")]
    [InlineData("/match?by=source", "required query parameter 'name' not set")]
    [InlineData("/match?by=source&name=a/b/c/d", "name \"a/b/c/d\" is invalid: input can contain at most two '/'")]
    [InlineData("/check?source=web", "required query parameter 'destination' not set")]
    [InlineData("/check?source=web&destination=db&source-type=x", "unsupported SourceType: \"x\"")]
    [InlineData("/exact?destination=db", "required query parameter 'source' not set")]
    public async Task Questions_Malformed_AreRefused(string path, string text)
    {
        var reply = await Client.AskAsync(Root + path);

        Assert.Equal((500, text), (reply.Status, reply.Text));
    }

    [Theory]
    [InlineData("web", "db", "{}", "Sources[0].Action must be set to 'allow' or 'deny'")]
    [InlineData("we*", "db", Allow, "Sources[0].Name: wildcard character '*' cannot be used with partial values")]
    [InlineData("web", "d*", Allow, "Name: wildcard character '*' cannot be used with partial values")]
    [InlineData("web", "db", """{"Action":"allow","Meta":{"a":"b"}}""", "Meta must not be specified")]
    [InlineData("web", "db", """{"Action":"allow","SourceType":"x"}""", "Sources[0].Type must be set to 'consul'")]
    [InlineData("web", "*", """{"Permissions":[{"Action":"allow","HTTP":{"PathExact":"/"}}]}""", "Sources[0].Permissions cannot be specified on intentions with wildcarded destinations")]
    [InlineData("web", "db", """{"Action":"allow","Permissions":[{"Action":"allow"}]}""", "Sources[0].Action must be omitted if Permissions are specified")]
    [InlineData("web", "db", """{"Permissions":[{"Action":"allow"}]}""", "Sources[0].Permissions[0].HTTP is required")]
    [InlineData("web", "db", """{"Permissions":[{"Action":"x","HTTP":{}}]}""", "Sources[0].Permissions[0].Action must be set to 'allow' or 'deny'")]
    [InlineData("web", "db", """{"Permissions":[{"Action":"allow","HTTP":{}}]}""", "Sources[0].Permissions[0].HTTP should not be empty")]
    [InlineData("web", "db", """{"Permissions":[{"Action":"allow","HTTP":{"PathExact":"x"}}]}""", "Sources[0].Permissions[0].HTTP.PathExact doesn't start with '/': \"x\"")]
    [InlineData("web", "db", """{"Permissions":[{"Action":"allow","HTTP":{"Methods":["GET","get"]}}]}""", "Sources[0].Permissions[0].HTTP.Methods contains \"GET\" more than once")]
    [InlineData("web", "db", """{"Permissions":[null]}""", "Sources[0].Permissions[0].Action must be set to 'allow' or 'deny'")]
    [InlineData("web", "db", """{"SourcePeer":"x","Action":"allow"}""", "SourcePeer field is not supported on this endpoint. Use config entries instead")]
    public async Task PutExact_Malformed_IsRefused(string source, string destination, string body, string text)
    {
        var reply = await PutAsync(source, destination, body);

        Assert.Equal((500, text), (reply.Status, reply.Text));
    }

    [Fact]
    public async Task PutExact_OfAnotherNamespace_IsRefused()
    {
        var reply = await Client.TellAsync(Root + "/exact?source=shop/web&destination=db", Allow);

        Assert.Equal((400, "Invalid source(shop): Namespaces is a Consul Enterprise feature"), (reply.Status, reply.Text));
    }

    [Fact]
    public async Task DeleteExact_Twice_IsTrueBothTimes()
    {
        await PutAsync("web", "db", Allow);

        Assert.Equal("true", (await Client.CallAsync("DELETE", Root + "/exact?source=web&destination=db")).Text);
        Assert.Equal("true", (await Client.CallAsync("DELETE", Root + "/exact?source=web&destination=db")).Text);
        var gone = await Client.AskAsync(Root + "/exact?source=web&destination=db");
        Assert.Equal((404, "Intention not found"), (gone.Status, gone.Text));
    }

    [Fact]
    public async Task ById_CreateReadUpdateDelete()
    {
        var id = await CreateAsync("""{"SourceName":"web","DestinationName":"db","Action":"allow","Meta":{"why":"test"},"Description":"d"}""");

        var made = (await Client.AskAsync($"{Root}/{id}")).Json;
        Assert.Equal((id, "test", "d"), (made.GetProperty("ID").GetString(), made.GetProperty("Meta").GetProperty("why").GetString(), made.GetProperty("Description").GetString()));
        Assert.Equal(made.GetProperty("CreatedAt").GetDateTime(), made.GetProperty("UpdatedAt").GetDateTime());

        Assert.Equal(200, (await Client.TellAsync($"{Root}/{id}", """{"SourceName":"api","DestinationName":"db","Action":"deny"}""")).Status);
        var changed = Assert.Single((await Client.AskAsync(Root)).Json.EnumerateArray());
        Assert.Equal((id, "api"), (changed.GetProperty("ID").GetString(), changed.GetProperty("SourceName").GetString()));

        Assert.Equal("true", (await Client.CallAsync("DELETE", $"{Root}/{id}")).Text);
        Assert.Equal(404, (await Client.AskAsync($"{Root}/{id}")).Status);
        Assert.Equal((500, $"Cannot delete non-existent intention: '{id}'"), Told(await Client.CallAsync("DELETE", $"{Root}/{id}")));
        Assert.Equal((500, $"Cannot modify non-existent intention: '{id}'"), Told(await Client.TellAsync($"{Root}/{id}", Allow)));
    }

    [Fact]
    public async Task ById_Malformed_IsRefused()
    {
        var id = await CreateAsync("""{"SourceName":"web","DestinationName":"db","Action":"allow"}""");

        Assert.Equal((500, "Sources[1] defines \"web\" more than once"), Told(await PostAsync("""{"SourceName":"web","DestinationName":"db","Action":"deny"}""")));
        Assert.Equal((500, "ID must be empty when creating a new intention"), Told(await PostAsync($$"""{"ID":"{{id}}","SourceName":"a","DestinationName":"db","Action":"deny"}""")));
        Assert.Equal((500, "1 error occurred:\n\t* Action must be set to 'allow' or 'deny'\n\n"), Told(await PostAsync("""{"SourceName":"a","DestinationName":"db"}""")));
        Assert.Contains("3 errors occurred:", (await PostAsync("{}")).Text, StringComparison.Ordinal);
        Assert.Equal(
            (500, "Cannot modify Destination partition/namespace/name for an intention once it exists."),
            Told(await Client.TellAsync($"{Root}/{id}", """{"SourceName":"web","DestinationName":"cache","Action":"allow"}""")));
        Assert.Equal(400, (await Client.AskAsync(Root + "/not-an-id")).Status);
        Assert.Equal(
            (400, "Invalid SourceNS(shop): Namespaces is a Consul Enterprise feature"),
            Told(await PostAsync("""{"SourceNS":"shop","SourceName":"a","DestinationName":"db","Action":"deny"}""")));
    }

    [Fact]
    public async Task List_Filter_SelectsAndABadOneIsRefused()
    {
        await PutAsync("web", "db", Allow);
        await PutAsync("api", "db", Deny);

        var found = await Client.AskAsync(Root + "?filter=" + Uri.EscapeDataString("SourceName == web and Precedence == 9"));
        var refused = await Client.AskAsync(Root + "?filter=" + Uri.EscapeDataString("Nope == web"));

        Assert.Equal(["web>db"], Pairs(found.Json));
        Assert.Equal(500, refused.Status);
    }

    [Fact]
    public async Task Match_Blocking_AnswersWhenAnIntentionComes()
    {
        var index = (await Client.AskAsync(Root + "/match?by=destination&name=db")).Index;

        var waiting = Client.AskAsync($"{Root}/match?by=destination&name=db&index={index}&wait=60s");
        await PutAsync("web", "db", Allow);

        Assert.Equal(["web>db"], Pairs((await waiting).Json.GetProperty("db")));
    }

    [Fact]
    public async Task Another_instance_and_a_snapshot_know_all_of_it()
    {
        await CreateAsync("""{"SourceName":"web","DestinationName":"db","Action":"allow","Meta":{"why":"test"}}""");
        await PutAsync("api", "db", """{"Permissions":[{"Action":"deny","HTTP":{"PathRegex":"/v.*","Header":[{"Name":"x","Present":true,"Invert":true}]}}]}""");
        await PutAsync("api", "cache", Deny);
        await Client.CallAsync("DELETE", Root + "/exact?source=api&destination=cache");
        var here = await Client.AskAsync(Root);

        await using var other = await RegistryHost.StartAsync(_host.Store);
        using var client = other.Client(_customer.Token);
        var there = await client.AskAsync(Root);

        Assert.Equal((here.Text, here.Index), (there.Text, there.Index));
        var domain = await other.Service<DomainDirectory>().FindAsync(_customer.Scope, "", "", CancellationToken.None);
        var state = await domain.Replica.ReadAsync(CancellationToken.None);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(state.ToSnapshot(), StateJson.Default.RegistrySnapshot);
        var back = RegistryState.FromSnapshot(JsonSerializer.Deserialize(bytes, StateJson.Default.RegistrySnapshot)!);
        Assert.Equal(bytes, JsonSerializer.SerializeToUtf8Bytes(back.ToSnapshot(), StateJson.Default.RegistrySnapshot));
        Assert.Equal((2, state.Intentions.Index), (back.Intentions.Count, back.Intentions.Index));
        Assert.Equal("web", back.Intentions.FindById(back.Intentions.All.Single(i => i.ID.Length > 0).ID)!.SourceName);
    }

    [Fact]
    public async Task A_developer_reads_and_checks_but_changes_nothing()
    {
        using var developer = _host.Client(await _host.KeyAsync(_customer, "developer"));

        Assert.Equal(200, (await developer.AskAsync(Root)).Status);
        Assert.Equal(200, (await developer.AskAsync(Root + "/check?source=a&destination=b")).Status);
        Assert.Equal(403, (await developer.TellAsync(Root + "/exact?source=a&destination=b", Allow)).Status);
    }

    private Task<Reply> PutAsync(string source, string destination, string body) =>
        Client.TellAsync($"{Root}/exact?source={source}&destination={destination}", body);

    private Task<Reply> PostAsync(string body) => Client.CallAsync("POST", Root, body);

    private async Task<string> CreateAsync(string body) => (await PostAsync(body)).Json.GetProperty("ID").GetString()!;

    private async Task<bool> AllowedAsync(string source, string destination) =>
        (await Client.AskAsync($"{Root}/check?source={source}&destination={destination}")).Json.GetProperty("Allowed").GetBoolean();

    private static (int Status, string Text) Told(Reply reply) => (reply.Status, reply.Text);

    private static IEnumerable<string> Pairs(JsonElement list) =>
        list.EnumerateArray().Select(i => $"{i.GetProperty("SourceName").GetString()}>{i.GetProperty("DestinationName").GetString()}");
}
