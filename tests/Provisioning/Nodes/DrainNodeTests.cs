using System.Text.Json;
using Saas.Cluster;
using Saas.Provisioning.Tests.Shared;
using Saas.TestKit;

namespace Saas.Provisioning.Tests.Nodes;

public sealed class DrainNodeTests
{
    [Fact]
    public async Task Drain_IsInTheRowAndToldTheScheduler_AndShown()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        await host.TakeInboxAsync();

        var answer = await DrainAsync(
            acme, agent, """{"NodeID":"x","DrainSpec":{"Deadline":3600000000000,"IgnoreSystemJobs":true},"MarkEligible":false,"Meta":{"message":"disk"}}""");

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(
            [new InboxMessage(acme.Tenant.Value, "eu", InboxKinds.Node, null, agent.NodeId)], await host.TakeInboxAsync());
        var row = await NodeAsync(acme, agent);
        Assert.Equal((TimeSpan.FromHours(1), true, true), (row.Drain!.Deadline, row.Drain.IgnoreSystemJobs, row.Ineligible));
        var node = await acme.Client.GetJsonAsync($"/v1/node/{agent.NodeId}");
        Assert.Equal((true, "ineligible"), (node.GetProperty("Drain").GetBoolean(), node.GetProperty("SchedulingEligibility").GetString()));
        var strategy = node.GetProperty("DrainStrategy");
        Assert.Equal((3_600_000_000_000, true), (strategy.GetProperty("Deadline").GetInt64(), strategy.GetProperty("IgnoreSystemJobs").GetBoolean()));
        Assert.Equal(row.Drain.StartedAt.UtcDateTime.AddHours(1), strategy.GetProperty("ForceDeadline").GetDateTime());
        var last = node.GetProperty("LastDrain");
        Assert.Equal(("draining", """{"message":"disk"}"""), (last.GetProperty("Status").GetString(), last.GetProperty("Meta").GetRawText()));
        Assert.StartsWith("key_", last.GetProperty("AccessorID").GetString(), StringComparison.Ordinal);
        Assert.Equal("Node drain strategy set", node.GetProperty("Events").EnumerateArray().Last().GetProperty("Message").GetString());
        Assert.Equal(answer.Json.GetProperty("NodeModifyIndex").GetInt64(), node.GetProperty("ModifyIndex").GetInt64());
    }

    [Theory]
    [InlineData(0L, null, 0L)]
    [InlineData(-1_000_000_000L, 0.0, -1_000_000_000L)]
    public async Task Drain_WithoutDeadlineOrAtOnce_SaysSo(long sent, double? seconds, long shown)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);

        await DrainAsync(acme, agent, $$"""{"DrainSpec":{"Deadline":{{sent}} } }""");

        Assert.Equal(seconds, (await NodeAsync(acme, agent)).Drain!.Deadline?.TotalSeconds);
        var strategy = (await acme.Client.GetJsonAsync($"/v1/node/{agent.NodeId}")).GetProperty("DrainStrategy");
        Assert.Equal((shown, "0001-01-01T00:00:00Z"), (strategy.GetProperty("Deadline").GetInt64(), strategy.GetProperty("ForceDeadline").GetString()));
    }

    [Fact]
    public async Task Drain_Again_CountsTheDeadlineFromNowAndKeepsItsBegin()
    {
        var time = new FakeTimeProvider();
        await using var host = await ProvisioningHost.StartAsync(time);
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var begin = time.GetUtcNow();
        await DrainAsync(acme, agent, """{"DrainSpec":{"Deadline":60000000000},"Meta":{"why":"disk"}}""");
        time.Advance(TimeSpan.FromSeconds(30));

        await DrainAsync(acme, agent, """{"DrainSpec":{"Deadline":60000000000}}""");

        var node = await acme.Client.GetJsonAsync($"/v1/node/{agent.NodeId}");
        Assert.Equal(begin.UtcDateTime, node.GetProperty("DrainStrategy").GetProperty("StartedAt").GetDateTime());
        Assert.Equal(begin.UtcDateTime.AddSeconds(90), node.GetProperty("DrainStrategy").GetProperty("ForceDeadline").GetDateTime());
        Assert.Equal("""{"why":"disk"}""", node.GetProperty("LastDrain").GetProperty("Meta").GetRawText());
        Assert.Equal("Node drain strategy updated", node.GetProperty("Events").EnumerateArray().Last().GetProperty("Message").GetString());
    }

    [Theory]
    [InlineData(true, "eligible")]
    [InlineData(false, "ineligible")]
    public async Task CallOff_LeavesTheNodeAsAsked(bool markEligible, string expected)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        await DrainAsync(acme, agent, """{"DrainSpec":{"Deadline":60000000000}}""");

        var answer = await DrainAsync(acme, agent, $$"""{"DrainSpec":null,"MarkEligible":{{(markEligible ? "true" : "false")}} }""");

        Assert.Equal(expected, answer.Json.GetProperty("SchedulingEligibility").GetString());
        var node = await acme.Client.GetJsonAsync($"/v1/node/{agent.NodeId}");
        Assert.Equal((JsonValueKind.Null, expected), (node.GetProperty("DrainStrategy").ValueKind, node.GetProperty("SchedulingEligibility").GetString()));
        Assert.Equal("canceled", node.GetProperty("LastDrain").GetProperty("Status").GetString());

        // Repeated, nothing is written.
        var before = await NodeAsync(acme, agent);
        await DrainAsync(acme, agent, $$"""{"DrainSpec":null,"MarkEligible":{{(markEligible ? "true" : "false")}} }""");
        Assert.Equal(before.ModifyIndex, (await NodeAsync(acme, agent)).ModifyIndex);
    }

    [Fact]
    public async Task Drain_BadInput_NamesIt()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        var meta = string.Join(',', Enumerable.Range(0, 65).Select(static i => $"\"k{i}\":\"v\""));

        foreach (var (body, text) in ((string, string)[])
            [
                ("{\"DrainSpec\":{\"Deadline\":\"1h\"}}", "Deadline"),
                ("{\"DrainSpec\":{\"Deadline\":9223372036854775807}}", "36525 days"),
                ("{\"Drain\":true}", "Drain"),
                ($"{{\"Meta\":{{{meta}}}}}", "at most 64 entries"),
            ])
        {
            var answer = await acme.Peer.SendAsync("PUT", $"/v1/node/{agent.NodeId}/drain", body);
            Assert.True(answer.Status == 400, answer.ToString());
            Assert.Contains(text, answer.Text, StringComparison.Ordinal);
        }

        Assert.Null((await NodeAsync(acme, agent)).Drain);
    }

    [Fact]
    public async Task Events_AreAtMostTen()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);

        for (var i = 0; i < 12; i++)
        {
            await acme.Client.SendAsync("POST", $"/v1/node/{agent.NodeId}/eligibility", $$"""{"Eligibility":"{{(i % 2 == 0 ? "ineligible" : "eligible")}}"}""");
        }

        var events = (await acme.Client.GetJsonAsync($"/v1/node/{agent.NodeId}")).GetProperty("Events");
        Assert.Equal((10, "Node marked as eligible for scheduling"), (events.GetArrayLength(), events[9].GetProperty("Message").GetString()));
    }

    internal static async Task<NodeRecord> NodeAsync(Customer customer, TestAgent agent) =>
        (await customer.Scope.NodesOf().GetAsync(agent.NodeId, ClusterJson.Default.NodeRecord, default))!.Value;

    internal static Task<Answer> DrainAsync(Customer customer, TestAgent agent, string body) =>
        customer.Client.SendAsync("PUT", $"/v1/node/{agent.NodeId}/drain", body);
}
