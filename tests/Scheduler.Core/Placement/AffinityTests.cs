using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Placement;

/// <summary>As https://developer.hashicorp.com/nomad/docs/job-specification/affinity describes them.</summary>
public sealed class AffinityTests
{
    private readonly TestCluster _cluster = new();

    [Theory]
    [InlineData(100, "dc1")]
    [InlineData(-100, "dc2")]
    public void Plan_Weight_DrawsOrRepels(int weight, string expected)
    {
        _cluster.Put(Node("dc1", datacenter: "dc1"), Node("dc2", datacenter: "dc2"));
        _cluster.Run(Job(Group() with { Affinities = [Wish("dc1", weight)] }));
        Assert.Equal(expected, _cluster.Live()[0].NodeId);
    }

    [Fact]
    public void Plan_NodesLikedAreFull_OthersAreTaken()
    {
        _cluster.Put(Node("dc1", memoryMb: 300, datacenter: "dc1"), Node("dc2", datacenter: "dc2"));
        _cluster.Run(Job(Group(count: 2) with { Affinities = [Wish("dc1", 100)] }));
        Assert.Equal(["dc1", "dc2"], _cluster.Live().Select(static state => state.NodeId).Order());
    }

    [Fact]
    public void Plan_SeveralOfJobAndGroup_AreNormalisedByAllWeights()
    {
        _cluster.Put(Node("dc1", datacenter: "dc1", attributes: new() { ["kernel.name"] = "linux" }));
        var job = Job(Group() with { Affinities = [Wish("dc1", 50), Wish("dc9", -25)] }) with
        {
            Affinities = [new Affinity(new NodeConstraint("${attr.kernel.name}", "=", "windows"), 25)],
        };
        var scored = Assert.Single(_cluster.Plan(job).Evaluations[0].Metrics["web"].Scores);
        Assert.Equal(0.5, scored.Parts["node-affinity"], 9);
        Assert.Equal((scored.Parts["binpack"] + 0.5) / 2, scored.NormScore, 9);
    }

    [Fact]
    public void Plan_NoAffinityMatches_TheRuleIsSilent()
    {
        _cluster.Put(Node("a"));
        var scored = Assert.Single(_cluster.Plan(Job(Group() with { Affinities = [Wish("dc9", 100)] })).Evaluations[0].Metrics["web"].Scores);
        Assert.Equal("binpack", Assert.Single(scored.Parts).Key);
    }

    [Fact]
    public void Plan_OnWhatIsUnique_IsJudgedPerNode()
    {
        _cluster.Put(Node("a"), Node("b"), Node("c"));
        _cluster.Run(Job(Group() with { Affinities = [new Affinity(new NodeConstraint("${node.unique.name}", "=", "host-b"), 100)] }));
        Assert.Equal("b", _cluster.Live()[0].NodeId);
    }

    [Fact]
    public void Plan_FailedOnTheNodeItLikes_ThePenaltyIsOneRuleMore()
    {
        _cluster.Put(Node("liked", datacenter: "dc1"), Node("other", datacenter: "dc2"));
        var job = Job(Group(reschedule: Rule() with { Delay = TimeSpan.Zero }) with { Affinities = [Wish("dc1", 100)] });
        _cluster.Run(job);
        _cluster.Report(_cluster.Live()[0], RunState.Failed);
        var placed = Assert.Single(_cluster.Run(job).Evaluations[0].Placed);
        var scored = Assert.Single(_cluster.Plan(job with { Key = "again" }).Evaluations[0].Placed);

        // (binpack + 1 - 1) / 3 is less than the binpack of the other.
        Assert.Equal("other", placed.NodeId);
        Assert.Equal("liked", scored.NodeId);
    }

    private static Affinity Wish(string datacenter, int weight) => new(new NodeConstraint("${node.datacenter}", "=", datacenter), weight);
}
