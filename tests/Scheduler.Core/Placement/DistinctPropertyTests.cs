using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Placement;

public sealed class DistinctPropertyTests
{
    private readonly TestCluster _cluster = new();

    [Theory]
    [InlineData("", 2)]
    [InlineData("1", 2)]
    [InlineData("2", 4)]
    [InlineData("3", 6)]
    public void Plan_Limit_HoldsPerValue(string limit, int expected)
    {
        PutRacks(3, "r1", "r2");
        var plan = _cluster.Run(Job(Group(count: 6, constraints: [Distinct(limit)]))).Evaluations[0];
        Assert.Equal(expected, plan.Placed.Count);
        Assert.All(
            _cluster.Live().GroupBy(static state => state.NodeId[..2]), rack => Assert.Equal(expected / 2, rack.Count()));
        Assert.Equal(6 - expected, plan.Metrics["web"].Missing);
    }

    [Fact]
    public void Plan_UsedUp_NamesTheConstraintThatIs()
    {
        PutRacks(2, "r1", "r2");
        var metrics = _cluster.Plan(Job(Group(count: 3, constraints: [new NodeConstraint("${node.unique.name}", "distinct_property", "9"), Distinct("1")])))
            .Evaluations[0].Blocked["web"];
        Assert.Equal(4, metrics.ConstraintFiltered["${attr.rack} distinct_property 1"]);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 4)]
    public void Plan_OnTheJob_CountsAllItsGroups(bool onJob, int expected)
    {
        PutRacks(3, "r1", "r2");
        NodeConstraint[] constraints = [Distinct("1")];
        var job = onJob
            ? Job(Group("web", 2), Group("db", 2)) with { Constraints = constraints }
            : Job(Group("web", 2, constraints: constraints), Group("db", 2, constraints: constraints));
        Assert.Equal(expected, _cluster.Run(job).Evaluations[0].Placed.Count);
        Assert.Empty(_cluster.Plan(job).Evaluations[0].Placed);
    }

    [Fact]
    public void Plan_NodeWithoutTheAttribute_IsFiltered()
    {
        _cluster.Put(Node("a"));
        var metrics = _cluster.Plan(Job(Group(constraints: [Distinct("")]))).Evaluations[0].Blocked["web"];
        Assert.Equal(1, metrics.ConstraintFiltered["${attr.rack} distinct_property"]);
    }

    [Fact]
    public void Plan_OneStops_ItsValueIsFreeAgain()
    {
        PutRacks(1, "r1");
        var group = Group(constraints: [Distinct("")]);
        _cluster.Run(Job(group));
        _cluster.Report(_cluster.Live()[0], RunState.Lost);
        Assert.Single(_cluster.Run(Job(group)).Evaluations[0].Placed);
    }

    [Fact]
    public void Plan_SystemJob_IsHeldToItAsWell()
    {
        PutRacks(3, "r1", "r2");
        var job = Job(Group(constraints: [Distinct("2")])) with { Kind = JobKind.System };
        Assert.Equal(4, _cluster.Run(job).Evaluations[0].Placed.Count);
    }

    private static NodeConstraint Distinct(string limit) => new("${attr.rack}", "distinct_property", limit);

    private void PutRacks(int nodes, params string[] racks)
    {
        foreach (var rack in racks)
        {
            _cluster.Put([.. Enumerable.Range(0, nodes).Select(i => Node($"{rack}-{i}", attributes: new() { ["rack"] = rack }))]);
        }
    }
}
