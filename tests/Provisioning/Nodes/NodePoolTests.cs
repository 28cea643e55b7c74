using System.Text.Json;
using Saas.Contracts.Agents;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Nodes;

public sealed class NodePoolTests
{
    [Fact]
    public async Task Pools_AreTheBuiltInTheDescribedAndThoseOfNodes()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        await agent.Client.SendAsync(
            "PUT", AgentProtocol.NodePath, TestAgent.Fingerprint().Replace("\"agentVersion\"", "\"nodePool\":\"gold\",\"agentVersion\"", StringComparison.Ordinal));
        await PutAsync(acme, """{"Name":"silver","Description":"second best","Meta":{"owner":"ops"},"NodeIdentityTTL":"1h0m0s"}""");

        Assert.Equal(["all", "default", "gold", "silver"], Names(await acme.Client.GetJsonAsync("/v1/node/pools"), "Name"));
        Assert.Equal(["silver"], Names(await acme.Client.GetJsonAsync("/v1/node/pools?prefix=s"), "Name"));
        Assert.Equal(["silver"], Names(await acme.Client.GetJsonAsync("/v1/node/pools?filter=Meta.owner%20%3D%3D%20ops"), "Name"));
        Assert.Equal(
            """
            {"Name":"silver","Description":"second best","Meta":{"owner":"ops"},"SchedulerConfiguration":null,"NodeIdentityTTL":86400000000000,
            "CreateIndex":1,"ModifyIndex":1}
            """.ReplaceLineEndings(""),
            (await acme.Client.SendAsync("GET", "/v1/node/pool/silver")).Text);
        Assert.Equal([agent.NodeId], Names(await acme.Client.GetJsonAsync("/v1/node/pool/gold/nodes"), "ID"));
        Assert.Equal([agent.NodeId], Names(await acme.Client.GetJsonAsync("/v1/node/pool/all/nodes"), "ID"));
        Assert.Empty(Names(await acme.Client.GetJsonAsync("/v1/node/pool/silver/nodes"), "ID"));
        Assert.Equal((404, "node pool not found"), Said(await acme.Peer.SendAsync("GET", "/v1/node/pool/bronze")));
        Assert.Equal((400, "prefix argument not allowed"), Said(await acme.Peer.SendAsync("GET", "/v1/node/pool/all/nodes?prefix=x")));
    }

    [Fact]
    public async Task Jobs_AreThoseThatNameThePool()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("web", more: ",\"NodePool\":\"gold\""));
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("api"));

        Assert.Equal(["web"], Names(await acme.Client.GetJsonAsync("/v1/node/pool/gold/jobs"), "ID"));
        Assert.Equal(["api"], Names(await acme.Client.GetJsonAsync("/v1/node/pool/default/jobs?namespace=*"), "ID"));
        Assert.Empty(Names(await acme.Client.GetJsonAsync("/v1/node/pool/all/jobs"), "ID"));
    }

    [Theory]
    [InlineData("""{"Name":"a b"}""", "invalid node pool \"a b\": 1 error occurred:")]
    [InlineData("""{"Description":"x"}""", "invalid node pool \"\": 1 error occurred:")]
    [InlineData("""{"Name":"a b","SchedulerConfiguration":{"SchedulerAlgorithm":"spread"}}""", "invalid node pool \"a b\": 2 errors occurred:")]
    [InlineData("""{"Name":"default"}""", "modifying node pool \"default\" is not allowed")]
    [InlineData("""{"Name":"all"}""", "modifying node pool \"all\" is not allowed")]
    public async Task Put_OfWhatCannotBe_IsRefused(string body, string text)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");

        var answer = await acme.Peer.SendAsync("PUT", "/v1/node/pools", body);

        Assert.Equal(400, answer.Status);
        Assert.StartsWith(text, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_UnderAnotherName_IsRefused_AndAgain_RaisesTheIndex()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        Assert.Equal((400, "Node pool name does not match request path"), Said(await acme.Peer.SendAsync("POST", "/v1/node/pool/gold", """{"Name":"silver"}""")));

        Assert.Equal(200, (await acme.Peer.SendAsync("POST", "/v1/node/pool/gold", """{"Name":"gold","Description":"a"}""")).Status);
        Assert.Equal(200, (await acme.Peer.SendAsync("POST", "/v1/node/pool/gold", """{"Name":"gold","Description":"b"}""")).Status);

        var pool = await acme.Client.GetJsonAsync("/v1/node/pool/gold");
        Assert.Equal(("b", 2), (pool.GetProperty("Description").GetString(), pool.GetProperty("ModifyIndex").GetInt64()));
    }

    [Fact]
    public async Task Delete_IsOfEmptyPoolsOnly()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await PutAsync(acme, """{"Name":"gold"}""");
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("web", more: ",\"NodePool\":\"gold\""));

        var used = await acme.Peer.SendAsync("DELETE", "/v1/node/pool/gold");
        Assert.Equal(500, used.Status);
        Assert.Contains("node pool \"gold\" has non-terminal jobs in regions: [eu]", used.Text, StringComparison.Ordinal);
        Assert.Equal((500, "deleting node pool \"all\" is not allowed"), Said(await acme.Peer.SendAsync("DELETE", "/v1/node/pool/all")));
        Assert.Equal((404, "node pool bronze not found"), Said(await acme.Peer.SendAsync("DELETE", "/v1/node/pool/bronze")));

        await acme.Client.SendAsync("DELETE", "/v1/job/web");
        Assert.Equal(200, (await acme.Peer.SendAsync("DELETE", "/v1/node/pool/gold")).Status);
        Assert.Equal(404, (await acme.Peer.SendAsync("GET", "/v1/node/pool/gold")).Status);
    }

    private static async Task PutAsync(Customer customer, string body) =>
        Assert.Equal(200, (await customer.Client.SendAsync("PUT", "/v1/node/pools", body)).Status);

    private static (int, string) Said(Answer answer) => (answer.Status, answer.Text);

    private static IEnumerable<string> Names(JsonElement list, string member) => list.EnumerateArray().Select(item => item.GetProperty(member).GetString()!);
}
