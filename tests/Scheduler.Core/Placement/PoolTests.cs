using Saas.Scheduler.Core.Model;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Placement;

/// <summary>Node pools, bursting, price, and nodes that take nothing.</summary>
public sealed class PoolTests
{
    private readonly TestCluster _cluster = new();

    [Theory]
    [InlineData("default", "a")]
    [InlineData("gpu", "b")]
    [InlineData("all", "a", "b")]
    [InlineData("edge")]
    public void Plan_Pool_OnlyItsNodes(string pool, params string[] expected)
    {
        _cluster.Put(Node("a"), Node("b", pool: "gpu"));
        var metrics = _cluster.Run(Job(Group(count: 2)) with { NodePool = pool }).Evaluations[0].Metrics["web"];
        Assert.Equal(expected, _cluster.Live().Select(static state => state.NodeId).Distinct().Order());
        Assert.Equal((expected.Length, expected.Length), (metrics.NodesInPool, metrics.NodesEvaluated));
    }

    [Fact]
    public void Plan_Burst_OnlyWhenThePoolBeforeIsFull()
    {
        _cluster.Put(
            Node("own", memoryMb: 600), Node("far", memoryMb: 256, pool: "far"), Node("near", memoryMb: 512, pool: "near"), Node("other", pool: "other"));
        var group = Group(count: 7) with { BurstPools = ["near", "far"] };
        var plan = _cluster.Run(Job(group)).Evaluations[0];
        Assert.Equal(["own", "own", "near", "near", "far"], plan.Placed.Select(static placed => placed.NodeId));
        Assert.Equal(2, plan.Metrics["web"].Missing);
    }

    [Fact]
    public void Plan_OwnPoolHasRoomAgain_IsUsedFirst()
    {
        _cluster.Put(Node("own", memoryMb: 300), Node("cloud", pool: "cloud"));
        var group = Group() with { BurstPools = ["cloud"] };
        _cluster.Run(Job(group) with { Key = "one" });
        _cluster.Run(Job(group) with { Key = "two" });
        Assert.Equal(("own", "cloud"), (_cluster.Live("one")[0].NodeId, _cluster.Live("two")[0].NodeId));
        _cluster.Report(_cluster.Live("one")[0], RunState.Lost, "one");
        _cluster.Run(Job(group) with { Key = "three" });
        Assert.Equal("cloud", _cluster.Live("three")[0].NodeId);
        _cluster.Run(Job(group) with { Key = "one", Stopped = true });
        _cluster.Run(Job(group) with { Key = "four" });
        Assert.Equal("own", _cluster.Live("four")[0].NodeId);
    }

    [Fact]
    public void Plan_Cheapest_PriceComesBeforePacking()
    {
        _cluster.Put(Node("cheap", price: 100_000), Node("dear", price: 300_000, cpuMhz: 600, memoryMb: 300), Node("middle", price: 200_000));
        _cluster.Run(Job(Group() with { Cheapest = true }) with { Key = "cheapest" });
        _cluster.Run(Job() with { Key = "packed" });
        Assert.Equal(("cheap", "dear"), (_cluster.Live("cheapest")[0].NodeId, _cluster.Live("packed")[0].NodeId));
    }

    [Fact]
    public void Plan_Cheapest_CostIsOfTheShareThatIsTaken()
    {
        // A quarter of the dear node costs less than the whole of the cheap one.
        _cluster.Put(Node("cheap", cpuMhz: 500, memoryMb: 256, price: 100_000), Node("dear", cpuMhz: 4000, memoryMb: 1024, price: 300_000));
        _cluster.Run(Job(Group(count: 5) with { Cheapest = true }));
        Assert.Equal(4, _cluster.Live().Count(static state => state.NodeId == "dear"));
        Assert.Equal(1, _cluster.Live().Count(static state => state.NodeId == "cheap"));
    }

    [Fact]
    public void Plan_CheapestThatBursts_PoolComesBeforePrice()
    {
        _cluster.Put(Node("own", price: 900_000), Node("cloud", pool: "cloud", price: 1));
        _cluster.Run(Job(Group() with { Cheapest = true, BurstPools = ["cloud"] }));
        Assert.Equal("own", _cluster.Live()[0].NodeId);
    }

    [Fact]
    public void Plan_NodesThatTakeNothing_AreNotOffered()
    {
        var draining = new NodeSpec
        {
            Id = "draining",
            Datacenter = "dc1",
            Status = NodeStatus.Ready,
            Drain = new Drain(null, IgnoreSystem: false),
            Drivers = new Dictionary<string, bool> { ["exec"] = true },
            CpuMhz = 4000,
            Cores = 4,
            MemoryMb = 4000,
            DiskMb = 4000,
        };
        _cluster.Put(
            draining, Node("ineligible", eligible: false), Node("down", status: NodeStatus.Down), Node("new", status: NodeStatus.Initializing),
            Node("silent", status: NodeStatus.Disconnected));
        var metrics = _cluster.Run(Job()).Evaluations[0].Blocked["web"];
        Assert.Equal((0, 0, 0), (metrics.NodesEvaluated, metrics.NodesInPool, metrics.NodesAvailable.Count));
        _cluster.Put(Node("ineligible"));
        _cluster.Run(Job());
        Assert.Equal("ineligible", _cluster.Live()[0].NodeId);
    }
}
