using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Agents;

public sealed class OldAgentTests
{
    [Fact]
    public async Task Fingerprint_OfAnAgentTooOldToBeGivenWork_IsTakenAndSaidOfTheNode()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        Assert.Equal("eligible", (await acme.Client.GetJsonAsync($"/v1/node/{agent.NodeId}")).GetProperty("SchedulingEligibility").GetString());

        var old = TestAgent.Fingerprint().Replace($"\"protocolVersion\":{AgentProtocol.Version}", "\"protocolVersion\":1", StringComparison.Ordinal);
        await agent.Client.CallAsync("PUT", AgentProtocol.NodePath, old, AgentJson.Default.NodeResponse);

        var node = await acme.Client.GetJsonAsync($"/v1/node/{agent.NodeId}");
        Assert.Equal(("ready", "ineligible"), (node.GetProperty("Status").GetString(), node.GetProperty("SchedulingEligibility").GetString()));
        Assert.Contains("protocol 1", node.GetProperty("StatusDescription").GetString(), StringComparison.Ordinal);
    }
}
