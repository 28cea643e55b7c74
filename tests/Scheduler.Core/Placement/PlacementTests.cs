using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Placement;

public sealed class PlacementTests
{
    private readonly TestCluster _cluster = new();

    [Fact]
    public void Plan_TwoJobs_FillOneNodeBeforeAnotherIsOpened()
    {
        _cluster.Put(Node("a"), Node("b"), Node("c"));
        _cluster.Run(Job() with { Key = "one" });
        _cluster.Run(Job() with { Key = "two" });
        Assert.Equal(_cluster.Live("one")[0].NodeId, _cluster.Live("two")[0].NodeId);
    }

    [Fact]
    public void Plan_InstancesOfOneGroup_KeepApart()
    {
        _cluster.Put(Node("a"), Node("b"), Node("c"));
        _cluster.Run(Job(Group(count: 3)));
        Assert.Equal(3, _cluster.Live().Select(static state => state.NodeId).Distinct().Count());
    }

    [Fact]
    public void Plan_SmallerOfTwoEmptyNodes_IsFilledFirst()
    {
        _cluster.Put(Node("big"), Node("small", cpuMhz: 1000, memoryMb: 512));
        _cluster.Run(Job());
        Assert.Equal("small", _cluster.Live()[0].NodeId);
    }

    [Fact]
    public void Plan_NodeFilledExactly_ScoresOne()
    {
        _cluster.Put(Node("a", cpuMhz: 500, memoryMb: 256));
        Assert.Equal(1, _cluster.Run(Job()).Evaluations[0].Placed[0].Score, 6);
    }

    [Theory]
    [InlineData(ResourceDimension.Cpu, "cpu")]
    [InlineData(ResourceDimension.Cores, "cores")]
    [InlineData(ResourceDimension.Memory, "memory")]
    [InlineData(ResourceDimension.Disk, "disk")]
    [InlineData(ResourceDimension.Document, "assignment size")]
    public void Plan_NodeLacksADimension_IsBlockedAndSaysWhich(ResourceDimension lacking, string name)
    {
        _cluster.Put(lacking switch
        {
            ResourceDimension.Cpu => Node("a", cpuMhz: 400),
            ResourceDimension.Cores => Node("a", cores: 1),
            ResourceDimension.Memory => Node("a", memoryMb: 100),
            ResourceDimension.Disk => Node("a", diskMb: 10),
            _ => Node("a", documentBytes: 50),
        });

        var group = lacking == ResourceDimension.Cores ? Group(cpuMhz: 0, cores: 2) : Group();

        var plan = _cluster.Plan(Job(group)).Evaluations[0];

        Assert.Empty(plan.Placed);
        Assert.Equal(new Dictionary<string, int> { [name] = 1 }, plan.Blocked["web"].DimensionExhausted);
        Assert.Equal(1, plan.Blocked["web"].NodesExhausted);
    }

    [Fact]
    public void Plan_WholeCores_TakeTheirShareOfTheNodesMhz()
    {
        _cluster.Put(Node("a", cpuMhz: 4000, cores: 4));
        _cluster.Run(Job(Group("pinned", cpuMhz: 0, cores: 3), Group("shares", cpuMhz: 1001)));
        Assert.Equal("pinned", Assert.Single(_cluster.Live()).Group);
        _cluster.Run(Job(Group("pinned", cpuMhz: 0, cores: 3), Group("shares", cpuMhz: 1000)));
        Assert.Equal(2, _cluster.Live().Count);
    }

    [Fact]
    public void Plan_NotAllFit_PlacesWhatFitsAndCountsTheRest()
    {
        _cluster.Put(Node("a", memoryMb: 600));
        var plan = _cluster.Run(Job(Group(count: 5))).Evaluations[0];
        Assert.Equal(2, plan.Placed.Count);
        Assert.Equal(3, plan.Blocked["web"].Missing);
    }

    [Fact]
    public void Plan_Filtered_CountsNodesByReasonClassAndDatacenter()
    {
        _cluster.Put(
            Node("a", nodeClass: "gpu"), Node("b", nodeClass: "gpu"), Node("c", healthy: false),
            Node("d", datacenter: "dc2"), Node("e", status: NodeStatus.Down), Node("f", status: NodeStatus.Initializing));
        var job = Job() with
        {
            Datacenters = ["dc1"],
            Constraints = [new NodeConstraint("${attr.kernel.name}", "=", "linux")],
        };

        var metrics = _cluster.Plan(job).Evaluations[0].Blocked["web"];

        Assert.Equal((1, 3, 3, 0), (metrics.Missing, metrics.NodesEvaluated, metrics.NodesFiltered, metrics.NodesExhausted));
        Assert.Equal(2, metrics.ConstraintFiltered["${attr.kernel.name} = linux"]);
        Assert.Equal(1, metrics.ConstraintFiltered["missing drivers: exec"]);
        Assert.Equal(2, metrics.ClassFiltered["gpu"]);
        Assert.Equal((3, 1), (metrics.NodesAvailable["dc1"], metrics.NodesAvailable["dc2"]));
    }

    [Fact]
    public void Plan_ConstraintOnWhatIsUnique_IsNotSharedByTheClass()
    {
        _cluster.Put(Node("a"), Node("b"), Node("c"));
        _cluster.Run(Job(Group(constraints: [new NodeConstraint("${node.unique.name}", "=", "host-b")])));
        Assert.Equal("b", _cluster.Live()[0].NodeId);
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public void Plan_DistinctHosts_HoldsForTheGroupOrTheWholeJob(bool onJob, int expectedOnB)
    {
        _cluster.Put(Node("a"), Node("b"));
        NodeConstraint[] distinct = [new("", "distinct_hosts", "")];
        var job = onJob
            ? Job(Group(count: 1), Group("db", 2)) with { Constraints = distinct }
            : Job(Group(count: 1, constraints: distinct), Group("db", 3, constraints: distinct));

        var plan = _cluster.Run(job).Evaluations[0];

        Assert.Equal(1, plan.Blocked["db"].Missing);
        Assert.Equal(2, plan.Blocked["db"].ConstraintFiltered["distinct_hosts"]);
        Assert.All(
            _cluster.Live().GroupBy(state => onJob ? state.NodeId : state.NodeId + state.Group),
            static group => Assert.Single(group));
        Assert.Equal(expectedOnB + 1, _cluster.Live().Count);
        Assert.True(_cluster.Plan(job).IsEmpty);
    }

    [Fact]
    public void Plan_HigherPriority_IsPlacedFirst()
    {
        _cluster.Put(Node("a", memoryMb: 300));
        _cluster.Run(Job() with { Key = "low", Priority = 10 }, Job() with { Key = "high", Priority = 90 });
        Assert.Empty(_cluster.Live("low"));
        Assert.Single(_cluster.Live("high"));
    }

    [Fact]
    public void Plan_SamePriority_IsFirstComeFirstServed()
    {
        _cluster.Put(Node("a", memoryMb: 300));
        _cluster.Run(Job() with { Key = "first" }, Job() with { Key = "second" });
        Assert.Single(_cluster.Live("first"));
    }

    [Fact]
    public void Plan_EqualNodes_AreChosenWhateverTheOrderTheyCameIn()
    {
        var nodes = Enumerable.Range(0, 50).Select(i => Node($"n{i:D2}")).ToArray();
        var (one, other) = (new TestCluster(), new TestCluster());
        one.Put(nodes);
        other.Put([.. nodes.Reverse()]);
        var chosen = one.Plan(Job(Group(count: 20))).Evaluations[0].Placed.Select(static placement => placement.NodeId).ToArray();
        Assert.Equal(chosen, other.Plan(Job(Group(count: 20))).Evaluations[0].Placed.Select(static placement => placement.NodeId));
        Assert.NotEqual(chosen, chosen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Plan_NothingToDo_IsEmpty()
    {
        Assert.True(_cluster.Plan().IsEmpty);
        _cluster.Put(Node("a"));
        _cluster.Run(Job());
        Assert.True(_cluster.Plan(Job()).IsEmpty);
    }
}
