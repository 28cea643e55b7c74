using Saas.Cluster;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Nodes;

public sealed class ChangeNodeTests
{
    [Fact]
    public async Task Eligibility_IsSetOnceAndRefusedWhileTheNodeDrains()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);

        await SetAsync("ineligible");
        Assert.True((await DrainNodeTests.NodeAsync(acme, agent)).Ineligible);
        var index = (await DrainNodeTests.NodeAsync(acme, agent)).ModifyIndex;
        await SetAsync("ineligible");
        Assert.Equal(index, (await DrainNodeTests.NodeAsync(acme, agent)).ModifyIndex);
        Assert.Equal("eligible", (await SetAsync("eligible")).Json.GetProperty("SchedulingEligibility").GetString());

        var wrong = await SetAsync("maybe");
        Assert.Equal((500, "invalid scheduling eligibility \"maybe\""), (wrong.Status, wrong.Text));
        await DrainNodeTests.DrainAsync(acme, agent, """{"DrainSpec":{}}""");
        var draining = await SetAsync("eligible");
        Assert.Equal((500, "can not set node's scheduling eligibility to eligible while it is draining"), (draining.Status, draining.Text));

        Task<Answer> SetAsync(string eligibility) => acme.Peer.SendAsync(
            "PUT", $"/v1/node/{agent.NodeId}/eligibility", $$"""{"NodeID":"{{agent.NodeId}}","Eligibility":"{{eligibility}}"}""");
    }

    [Fact]
    public async Task Evaluate_IsOfTheNodesJobsAndTheSystemJobs()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        foreach (var job in (string[])[JobTexts.Job(), JobTexts.Job("elsewhere"), JobTexts.Job("daemon", more: ",\"Type\":\"system\"")])
        {
            Assert.Equal(200, (await acme.Client.SendAsync("PUT", "/v1/jobs", job)).Status);
        }

        await agent.AssignAsync(1, signal: true, agent.Allocation());
        await host.TakeInboxAsync();

        var answer = await acme.Client.SendAsync("PUT", $"/v1/node/{agent.NodeId}/evaluate");

        Assert.Equal(2, answer.Json.GetProperty("EvalIDs").GetArrayLength());
        foreach (var id in answer.Json.GetProperty("EvalIDs").EnumerateArray())
        {
            var evaluation = await acme.Client.GetJsonAsync($"/v1/evaluation/{id.GetString()}");
            Assert.Equal((EvaluationTriggers.NodeUpdate, "pending"), (evaluation.GetProperty("TriggeredBy").GetString(), evaluation.GetProperty("Status").GetString()));
        }

        Assert.Equal(["daemon", "web"], (await host.TakeInboxAsync()).Select(static message => message.Id).Order());
    }

    [Fact]
    public async Task Purge_TakesTheNodeAndItsCredentialAway()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job());
        await agent.AssignAsync(1, signal: true, agent.Allocation());

        var answer = await acme.Client.SendAsync("POST", $"/v1/node/{agent.NodeId}/purge");

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(1, answer.Json.GetProperty("EvalIDs").GetArrayLength());
        Assert.Equal(404, (await acme.Client.SendAsync("GET", $"/v1/node/{agent.NodeId}")).Status);
        Assert.Equal(404, (await acme.Client.SendAsync("POST", $"/v1/node/{agent.NodeId}/purge")).Status);
        Assert.Equal(401, (await agent.Client.SendAsync("GET", Contracts.Agents.AgentProtocol.AssignmentPath)).Status);
    }

    [Fact]
    public async Task Developer_ReadsNodesAndChangesNone()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        using var developer = await host.KeyAsync(acme, "developer");

        Assert.Equal(200, (await developer.SendAsync("GET", $"/v1/node/{agent.NodeId}")).Status);
        foreach (var operation in (string[])["drain", "eligibility", "evaluate", "purge"])
        {
            Assert.Equal(403, (await developer.SendAsync("PUT", $"/v1/node/{agent.NodeId}/{operation}", "{}")).Status);
        }
    }
}
