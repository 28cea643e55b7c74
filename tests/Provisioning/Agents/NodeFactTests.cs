using Saas.Contracts.Agents;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Agents;

/// <summary>What a fingerprint says of where the node belongs and what it offers.</summary>
public sealed class NodeFactTests
{
    [Fact]
    public async Task Fingerprint_WithFacts_IsShownAsNomadDoes_AndBadOnesAreNamed()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);

        var good = await PutAsync(agent, "\"nodeClass\":\"big\",\"nodePool\":\"gpu\",\"meta\":{\"rack\":\"r1\"},\"networks\":[{\"name\":\"default\",\"ip\":\"10.0.0.1\",\"reservedPorts\":[]}]");

        Assert.True(good.Status == 200, good.ToString());
        var node = await acme.Client.GetJsonAsync($"/v1/node/{agent.NodeId}");
        Assert.Equal(("big", "gpu"), (node.GetProperty("NodeClass").GetString(), node.GetProperty("NodePool").GetString()));
        Assert.Equal((false, "eligible"), (node.GetProperty("Drain").GetBoolean(), node.GetProperty("SchedulingEligibility").GetString()));
        Assert.Equal(("r1", "de"), (node.GetProperty("Meta").GetProperty("rack").GetString(), node.GetProperty("Meta").GetProperty("residency.country").GetString()));

        foreach (var (facts, field) in ((string, string)[])[
            ("\"meta\":{\"Residency.data_classes\":\"secret\"}", "meta"), ("\"nodePool\":\"all\"", "nodePool"), ("\"nodePool\":\"a b\"", "nodePool"),
            ("\"pricePerHourMicros\":-1", "pricePerHourMicros"), ("\"networks\":[{\"name\":\"x\",\"ip\":\"here\",\"reservedPorts\":[]}]", "networks[0].ip"),
            ("\"networks\":[null]", "networks[0].name"), ("\"volumes\":{\"a\":{\"path\":\"relative\",\"readOnly\":false}}", "volumes"),
            ("\"devices\":[{\"vendor\":\"a/b\",\"type\":\"gpu\",\"name\":\"x\",\"attributes\":{},\"instances\":{}}]", "devices[0]")])
        {
            var answer = (await PutAsync(agent, facts)).IsProblem(400, "invalid-request");
            Assert.Equal(field, answer.Json.GetProperty("errors")[0].GetProperty("field").GetString());
        }
    }

    private static Task<Answer> PutAsync(TestAgent agent, string facts) =>
        agent.Client.SendAsync("PUT", AgentProtocol.NodePath, TestAgent.Fingerprint()[..^1] + "," + facts + "}");
}
