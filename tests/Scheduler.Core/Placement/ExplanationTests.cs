using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Placement;

/// <summary>Every placement can be explained, and so can its failing.</summary>
public sealed class ExplanationTests
{
    private readonly TestCluster _cluster = new();

    [Fact]
    public void Plan_Placed_SaysHowItsFirstNodesScored()
    {
        _cluster.Put([.. Enumerable.Range(0, 9).Select(i => Node($"n{i}", datacenter: "dc1"))]);
        var group = Group(count: 9) with
        {
            Affinities = [new Affinity(new NodeConstraint("${node.datacenter}", "=", "dc1"), 50)],
            Spreads = [new Spread("${node.datacenter}", 100, [new("dc1", 50)])],
        };
        var plan = _cluster.Plan(Job(group)).Evaluations[0];
        var scores = plan.Metrics["web"].Scores;
        Assert.Equal(5, scores.Count);
        Assert.All(scores, static scored => Assert.Equal(scored.NormScore, scored.Parts.Values.Average(), 9));
        Assert.Equal(plan.Placed.Take(5).Select(static placed => (placed.NodeId, placed.Score)), scores.Select(static scored => (scored.NodeId, scored.NormScore)));
        Assert.Equal(["binpack", "node-affinity", "allocation-spread"], scores[0].Parts.Keys);
    }

    [Fact]
    public void Plan_SecondOnTheSameNode_NamesAntiAffinity()
    {
        _cluster.Put(Node("a"));
        var scores = _cluster.Plan(Job(Group(count: 4))).Evaluations[0].Metrics["web"].Scores;
        Assert.Equal([-0.5, -0.75, -1], scores.Skip(1).Select(static scored => scored.Parts["job-anti-affinity"]));
    }

    [Fact]
    public void Plan_Rescheduled_NamesThePenalty()
    {
        _cluster.Put(Node("a"));
        var job = Job(Group(reschedule: Rule() with { Delay = TimeSpan.Zero }));
        _cluster.Run(job);
        _cluster.Report(_cluster.Live()[0], RunState.Failed);
        var scored = Assert.Single(_cluster.Plan(job).Evaluations[0].Metrics["web"].Scores);
        Assert.Equal(-1, scored.Parts["node-reschedule-penalty"]);
        Assert.Equal((scored.Parts["binpack"] - 1) / 2, scored.NormScore, 9);
    }

    [Fact]
    public void Plan_Missing_CountsAddUp()
    {
        _cluster.Put(
            Node("ok", memoryMb: 300, nodeClass: "small"), Node("full", memoryMb: 100, nodeClass: "small"), Node("slow", cpuMhz: 10),
            Node("windows", attributes: new() { ["kernel.name"] = "windows" }, nodeClass: "big"), Node("far", datacenter: "dc2"), Node("gpu", pool: "gpu"),
            Node("closed", eligible: false));
        var job = Job(Group(count: 2, constraints: [new NodeConstraint("", "distinct_hosts", ""), new NodeConstraint("${attr.kernel.name}", "!=", "windows")])) with
        {
            Datacenters = ["dc1"],
        };
        var metrics = _cluster.Plan(job).Evaluations[0].Blocked["web"];
        Assert.Equal((1, 4, 5), (metrics.Missing, metrics.NodesEvaluated, metrics.NodesInPool));
        Assert.Equal((2, 2), (metrics.NodesFiltered, metrics.NodesExhausted));
        Assert.Equal(new Dictionary<string, int> { ["distinct_hosts"] = 1, ["${attr.kernel.name} != windows"] = 1 }, metrics.ConstraintFiltered);
        Assert.Equal(new Dictionary<string, int> { ["memory"] = 1, ["cpu"] = 1 }, metrics.DimensionExhausted);
        Assert.Equal(new Dictionary<string, int> { ["small"] = 1, ["big"] = 1 }, metrics.ClassFiltered);
        Assert.Equal(new Dictionary<string, int> { ["small"] = 1 }, metrics.ClassExhausted);
        Assert.Equal(new Dictionary<string, int> { ["dc1"] = 5, ["dc2"] = 1 }, metrics.NodesAvailable);
    }

    [Fact]
    public void Plan_NodesChanged_CountsFollow()
    {
        var cluster = new Cluster();
        var job = Job(Group(count: 9, memoryMb: 8000));
        var expected = 0;
        foreach (var node in new[] { Node("a"), Node("b"), Node("a", eligible: false), Node("c", healthy: false) })
        {
            cluster.Put(node);
            expected = cluster.All.Count(static other => other.IsOpen);
            var metrics = PlacementPipeline.Plan(cluster, [new EvaluationRequest("e", job.Key, job, [])], Start).Evaluations[0].Metrics["web"];
            Assert.Equal((expected, expected), (metrics.NodesEvaluated, metrics.NodesAvailable["dc1"]));
        }

        cluster.Remove("b");
        var last = PlacementPipeline.Plan(cluster, [new EvaluationRequest("e", job.Key, job, [])], Start).Evaluations[0].Metrics["web"];
        Assert.Equal((1, 1, 9), (last.NodesEvaluated, last.NodesFiltered, last.Missing));
    }
}
