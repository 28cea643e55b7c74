using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Scheduler.Host.Mapping;

namespace Saas.Scheduler.Host.Tests;

public sealed class NodeMappingTests
{
    [Theory]
    [InlineData(AgentProtocol.OldestPlaced - 1, false, false)]
    [InlineData(AgentProtocol.OldestPlaced, false, true)]
    [InlineData(AgentProtocol.OldestPlaced, true, false)]
    public void ToSpec_ANode_IsGivenWorkIfItsOperatorAllowsAndItsAgentKnowsHow(int protocol, bool ineligible, bool eligible) =>
        Assert.Equal(eligible, NodeMapping.ToSpec(Node(protocol) with { Ineligible = ineligible }).Eligible);

    private static NodeRecord Node(int protocol) => new()
    {
        Id = "node_a",
        SiteId = "site_1",
        Datacenter = "berlin",
        Region = "eu",
        Meta = new Dictionary<string, string>(),
        Status = NodeStatus.Ready,
        EnrolledAt = DateTimeOffset.UnixEpoch,
        StatusChangedAt = DateTimeOffset.UnixEpoch,
        Fingerprint = new NodeFingerprint
        {
            ProtocolVersion = protocol,
            AgentVersion = "1.0",
            Name = "a",
            Resources = new NodeResources { Cores = 8, CpuMhz = 20_000, MemoryMB = 16_000, DiskMB = 100_000 },
            Attributes = new Dictionary<string, string>(),
            Drivers = new Dictionary<string, DriverFingerprint>(),
        },
    };
}
