using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Tests.Faults;

namespace Saas.Scheduler.Host.Tests;

/// <summary>That the crash tests would see what must never be: rows in order are spoilt, each in one way.</summary>
public sealed class SafetyTests
{
    [Fact]
    public async Task RowsInOrder_HaveNoFaults() => Assert.Equal([], new Safety().FaultsOf(await RowsAsync()));

    [Fact]
    public async Task AllocationOnTwoNodes_IsFound()
    {
        var rows = await RowsAsync();
        var copy = rows.Documents[0] with { NodeId = "node_b" };
        Assert.Contains(
            new Safety().FaultsOf(rows with { Documents = [rows.Documents[0], copy] }),
            static fault => fault.EndsWith("is on node_a and node_b", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NameFilledTwice_IsFoundUnlessOneReplacesTheOther()
    {
        var rows = await RowsAsync();
        var document = rows.Documents[0];
        var other = document.Allocations[0] with { Id = "alloc_other", PreviousAllocation = null, Ports = [Port(1)], Devices = [] };
        Assert.Contains(FaultsOf(other), static fault => fault.Contains("is doubled", StringComparison.Ordinal));
        Assert.DoesNotContain(
            FaultsOf(other with { PreviousAllocation = document.Allocations[0].Id }), static fault => fault.Contains("is doubled", StringComparison.Ordinal));

        IReadOnlyList<string> FaultsOf(AssignedAllocation added) =>
            new Safety().FaultsOf(rows with { Documents = [document with { Allocations = [.. document.Allocations, added] }] });
    }

    [Fact]
    public async Task AllocationThatVanished_IsFound()
    {
        var (rows, safety) = (await RowsAsync(), new Safety());
        Assert.Equal([], safety.FaultsOf(rows));
        Assert.Equal(2, safety.FaultsOf(rows with { Documents = [] }).Count(static fault => fault.Contains("is lost", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task NodeThatCannotBearItsDocument_IsFound()
    {
        var rows = await RowsAsync();
        var (node, document) = (rows.Nodes["node_a"], rows.Documents[0]);
        var fingerprint = node.Fingerprint!;
        Assert.Contains("node_a: 600 of 500 memory", NodeRoom.ExcessOf(
            node with { Fingerprint = fingerprint with { Resources = fingerprint.Resources with { MemoryMB = 500 } } }, document));
        Assert.Contains("node_a: port default:7 is given twice", NodeRoom.ExcessOf(
            node, document with { Allocations = [.. document.Allocations.Select(static allocation => allocation with { Ports = [Port(7)] })] }));
        Assert.Contains(
            NodeRoom.ExcessOf(node with { Fingerprint = fingerprint with { Devices = [] } }, document),
            static fault => fault.StartsWith("node_a has no device acme/gpu/x1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhoIsFollowed_DoesNotCount()
    {
        var rows = await RowsAsync();
        var (node, document) = (rows.Nodes["node_a"], rows.Documents[0]);
        var (first, second) = (document.Allocations[0], document.Allocations[1]);
        var small = node with { Fingerprint = node.Fingerprint! with { Resources = node.Fingerprint.Resources with { MemoryMB = 300 } } };
        var follower = second with { Follows = [first.Id] };
        Assert.NotEmpty(NodeRoom.ExcessOf(small, document with { Allocations = [first, follower] }));
        Assert.Empty(NodeRoom.ExcessOf(small, document with { Allocations = [first with { DesiredStatus = DesiredStatus.Evict }, follower] }));
    }

    private static AssignedPort Port(int value) => new("http", value, 0, "default", "");

    /// <summary>Two allocations on one node, each with a port and a device.</summary>
    private static async Task<ClusterRows> RowsAsync()
    {
        var play = new Play(new World());
        await play.Agents.EnrolAsync("node_a");
        var group = TestPlatform.Group(count: 2);
        await play.World.SubmitAsync("web", group with
        {
            Networks = [new NetworkResource { DynamicPorts = [new Port { Label = "http" }] }],
            Tasks = [group.Tasks![0] with { Resources = group.Tasks[0].Resources! with { Devices = [new RequestedDevice { Name = TestPlatform.Device, Count = 1 }] } }],
        });
        await play.SettleAsync(["job web v0", "web[0] v0", "web[1] v0"]);
        return await play.RowsAsync();
    }
}
