using Saas.Scheduler.Core.Model;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Placement;

/// <summary>The examples of https://developer.hashicorp.com/nomad/docs/job-specification/spread, and its edges.</summary>
public sealed class SpreadTests
{
    private readonly TestCluster _cluster = new();

    [Theory]
    [InlineData(10, 50, 50, 5)]
    [InlineData(10, 70, 30, 7)]
    [InlineData(10, 20, 80, 2)]
    [InlineData(10, 100, 0, 10)]
    [InlineData(8, 25, 75, 2)]
    public void Plan_Targets_ArePlacedByPercent(int count, int first, int second, int expected)
    {
        PutDatacenters(6, "us-east1", "us-west1");
        _cluster.Run(Job(Group(count: count) with { Spreads = [new Spread("${node.datacenter}", 100, [new("us-east1", first), new("us-west1", second)])] }));
        Assert.Equal((expected, count - expected), (In("us-east1"), In("us-west1")));
    }

    [Fact]
    public void Plan_TargetsLeaveARest_OthersShareIt()
    {
        PutDatacenters(10, "dc1", "dc2");
        _cluster.Run(Job(Group(count: 10) with { Spreads = [new Spread("${node.datacenter}", 100, [new("dc1", 70)])] }));
        Assert.Equal((7, 3), (In("dc1"), In("dc2")));
    }

    [Fact]
    public void Plan_TargetOfAStar_IsTheRest()
    {
        PutDatacenters(10, "dc1", "dc2");
        _cluster.Run(Job(Group(count: 10) with { Spreads = [new Spread("${node.datacenter}", 100, [new("dc1", 60), new("*", 40)])] }));
        Assert.Equal((6, 4), (In("dc1"), In("dc2")));
    }

    [Fact]
    public void Plan_TargetsAreTheWhole_WhatIsNotNamedIsTheLastResort()
    {
        PutDatacenters(1, "dc1", "dc2", "dc3");
        _cluster.Run(Job(Group(count: 4, memoryMb: 4096) with { Spreads = [new Spread("${node.datacenter}", 100, [new("dc1", 50), new("dc2", 50)])] }));
        Assert.Equal((2, 2, 0), (In("dc1"), In("dc2"), In("dc3")));
    }

    [Theory]
    [InlineData(9, 3, 3, 3)]
    [InlineData(10, 3, 3, 4)]
    public void Plan_NoTargets_IsEven(int count, params int[] expected)
    {
        PutDatacenters(5, "dc1", "dc2", "dc3");
        _cluster.Run(Job(Group(count: count) with { Spreads = [new Spread("${node.datacenter}", 100, [])] }));
        Assert.Equal(expected, new[] { In("dc1"), In("dc2"), In("dc3") }.Order());
    }

    [Fact]
    public void Plan_SpreadOfTheJob_HoldsForEachGroupOnItsOwn()
    {
        PutDatacenters(6, "dc1", "dc2");
        _cluster.Run(Job(Group("web", 4), Group("db", 2)) with { Spreads = [new Spread("${node.datacenter}", 50, [])] });
        Assert.All(new[] { "web", "db" }, name => Assert.Equal(In("dc1", name), In("dc2", name)));
    }

    [Fact]
    public void Plan_TwoSpreads_BothHold()
    {
        foreach (var datacenter in new[] { "dc1", "dc2" })
        {
            foreach (var rack in new[] { "r1", "r2" })
            {
                for (var i = 0; i < 4; i++)
                {
                    _cluster.Put(Node($"{datacenter}-{rack}-{i}", datacenter: datacenter, attributes: new() { ["rack"] = rack }));
                }
            }
        }

        _cluster.Run(Job(Group(count: 10) with
        {
            Spreads =
            [
                new Spread("${node.datacenter}", 50, [new("dc1", 70), new("dc2", 30)]),
                new Spread("${attr.rack}", 50, [new("r1", 50), new("r2", 50)]),
            ],
        }));
        Assert.Equal((7, 3), (In("dc1"), In("dc2")));
        Assert.Equal(5, _cluster.Live().Count(static state => state.NodeId.Contains("r1", StringComparison.Ordinal)));
    }

    [Fact]
    public void Plan_NodeWithoutTheAttribute_ComesLast()
    {
        _cluster.Put(Node("with", memoryMb: 20_000, attributes: new() { ["rack"] = "r1" }), Node("without", memoryMb: 300));
        _cluster.Run(Job(Group() with { Spreads = [new Spread("${attr.rack}", 100, [new("r1", 100)])] }));
        Assert.Equal("with", Assert.Single(_cluster.Live()).NodeId);
    }

    [Fact]
    public void Plan_TwoJobsOfOneShape_AreSpreadEachByItsOwnTargets()
    {
        PutDatacenters(4, "dc1", "dc2");
        var cluster = _cluster.Snapshot();
        foreach (var (named, other) in new[] { ("dc1", "dc2"), ("dc2", "dc1") })
        {
            var job = Job(Group(count: 4) with { Spreads = [new Spread("${node.datacenter}", 100, [new(named, 100)])] }) with { Key = named };
            var plan = PlacementPipeline.Plan(cluster, [new EvaluationRequest("eval", job.Key, job, [])], Start).Evaluations[0];
            Assert.All(plan.Placed, placed => Assert.DoesNotContain(other, placed.NodeId, StringComparison.Ordinal));
        }
    }

    private int In(string datacenter, string group = "web") => _cluster.Live().Count(state =>
        state.Group == group && state.NodeId.StartsWith(datacenter, StringComparison.Ordinal));

    private void PutDatacenters(int nodes, params string[] datacenters)
    {
        foreach (var datacenter in datacenters)
        {
            _cluster.Put([.. Enumerable.Range(0, nodes).Select(i => Node($"{datacenter}-{i}", datacenter: datacenter))]);
        }
    }
}
