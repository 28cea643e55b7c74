using System.Text.Json;
using Saas.Cluster;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Operator;

public sealed class OperatorTests
{
    private const string Path = "/v1/operator/scheduler/configuration";

    [Fact]
    public async Task SchedulerConfiguration_IsNomads_AndWrittenByCheckAndSet()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        Assert.Equal(
            """
            {"SchedulerConfig":{"SchedulerAlgorithm":"binpack","PreemptionConfig":{"SystemSchedulerEnabled":true,"SysBatchSchedulerEnabled":false,
            "BatchSchedulerEnabled":false,"ServiceSchedulerEnabled":false},"MemoryOversubscriptionEnabled":false,"RejectJobRegistration":false,
            "PauseEvalBroker":false,"NodeLimitForFeasibilityChecks":0,"CreateIndex":0,"ModifyIndex":0} }
            """.ReplaceLineEndings("").Replace("} }", "}}", StringComparison.Ordinal),
            (await acme.Client.SendAsync("GET", Path)).Text);

        const string Spread = """{"SchedulerAlgorithm":"spread","PreemptionConfig":{"ServiceSchedulerEnabled":true},"MemoryOversubscriptionEnabled":true}""";
        Assert.Equal("""{"Updated":false,"Index":1}""", (await acme.Client.SendAsync("PUT", Path, Spread)).Text);
        Assert.Equal("""{"Updated":false,"Index":0}""", (await acme.Client.SendAsync("PUT", Path + "?cas=0", Spread)).Text);
        Assert.Equal("""{"Updated":true,"Index":2}""", (await acme.Client.SendAsync("PUT", Path + "?cas=1", Spread)).Text);

        var row = (await acme.Scope.SchedulerSettingsOf().GetAsync("eu", ClusterJson.Default.SchedulerSettings, default))!.Value;
        Assert.Equal(("spread", true, true, false), (row.Algorithm, row.MemoryOversubscription, row.PreemptForService, row.PreemptForSystem));
        Assert.Equal(2, (await host.TakeInboxAsync()).Count(static message => message.Kind == InboxKinds.Settings));
    }

    [Theory]
    [InlineData("""{"SchedulerAlgorithm":"best"}""", "", "invalid scheduler algorithm: best")]
    [InlineData("""{"PauseEvalBroker":true}""", "", "PauseEvalBroker is not supported")]
    [InlineData("""{"RejectJobRegistration":true}""", "", "RejectJobRegistration is not supported")]
    [InlineData("{}", "?cas=x", "Error parsing cas value")]
    public async Task SchedulerConfiguration_BadInput_NamesIt(string body, string query, string text)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");

        var answer = await acme.Peer.SendAsync("PUT", Path + query, body);

        Assert.Equal(400, answer.Status);
        Assert.StartsWith(text, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SchedulerConfiguration_OfSeveralRegions_HasToNameOne()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await host.AddSiteAsync(acme, "mill", "us");

        Assert.Equal((400, "name one of the tenant's regions: eu, us"), Said(await acme.Peer.SendAsync("GET", Path)));
        Assert.Equal(200, (await acme.Peer.SendAsync("PUT", Path + "?region=us", "{}")).Status);
        Assert.Null(await acme.Scope.SchedulerSettingsOf().GetAsync("eu", default));
    }

    [Fact]
    public async Task Status_IsOfOneServerInEachRegion()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await host.AddSiteAsync(acme, "mill", "us");

        Assert.Equal("\"127.0.0.1:4647\"", (await acme.Client.SendAsync("GET", "/v1/status/leader")).Text);
        Assert.Equal("""["127.0.0.1:4647"]""", (await acme.Client.SendAsync("GET", "/v1/status/peers")).Text);
        Assert.Equal("""["eu","us"]""", (await acme.Client.SendAsync("GET", "/v1/regions")).Text);
        var members = (await acme.Client.GetJsonAsync("/v1/agent/members")).GetProperty("Members");
        Assert.Equal(["127.0.0.1.eu", "127.0.0.1.us"], members.EnumerateArray().Select(static member => member.GetProperty("Name").GetString()));
        Assert.Equal("alive", (await acme.Client.GetJsonAsync("/v1/agent/self")).GetProperty("member").GetProperty("Status").GetString());
        using var anonymous = host.PeerClient();
        Assert.Equal("""{"server":{"ok":true,"message":"ok"}}""", (await anonymous.SendAsync("GET", "/v1/agent/health")).Text);
        Assert.Equal(403, (await anonymous.SendAsync("GET", "/v1/agent/self")).Status);
        Assert.Equal(200, (await acme.Client.SendAsync("PUT", "/v1/system/gc")).Status);
        Assert.Equal(200, (await acme.Client.SendAsync("PUT", "/v1/system/reconcile/summaries")).Status);
    }

    [Fact]
    public async Task Token_IsTheCallersKey_WithoutItsSecret()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        using var developer = await host.KeyAsync(acme, "developer", acme.ProjectId);

        var owner = await acme.Client.GetJsonAsync("/v1/acl/token/self");
        var confined = await developer.GetJsonAsync("/v1/acl/token/self");

        Assert.Equal(("management", ""), (owner.GetProperty("Type").GetString(), owner.GetProperty("SecretID").GetString()));
        Assert.Equal("client", confined.GetProperty("Type").GetString());
        Assert.Contains("developer", confined.GetProperty("Policies").EnumerateArray().Select(static policy => policy.GetString()));
        Assert.StartsWith("key_", confined.GetProperty("AccessorID").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Namespaces_AreTheProjectsThatTheCallerMayRead()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var other = await host.AddProjectAsync(acme, "other");
        using var confined = await host.KeyAsync(acme, "developer", other.Id);

        Assert.Equal(["default", "other"], Names(await acme.Client.GetJsonAsync("/v1/namespaces")));
        Assert.Equal(["other"], Names(await acme.Client.GetJsonAsync("/v1/namespaces?prefix=o")));
        Assert.Equal(["other"], Names(await confined.GetJsonAsync("/v1/namespaces")));
        Assert.Equal(other.Id, (await acme.Client.GetJsonAsync("/v1/namespace/other")).GetProperty("Meta").GetProperty("project_id").GetString());
        Assert.Equal((404, "Namespace not found"), Said(await acme.Peer.SendAsync("GET", "/v1/namespace/none")));
        var made = await acme.Peer.SendAsync("PUT", "/v1/namespaces", """{"Name":"x"}""");
        Assert.Equal(405, made.Status);
        Assert.Contains("/v1/projects", made.Text, StringComparison.Ordinal);
    }

    private static IEnumerable<string?> Names(JsonElement list) => list.EnumerateArray().Select(static item => item.GetProperty("Name").GetString());

    private static (int, string) Said(Answer answer) => (answer.Status, answer.Text);
}
