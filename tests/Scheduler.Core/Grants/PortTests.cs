using Saas.Scheduler.Core.Model;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Grants;

public sealed class PortTests
{
    private readonly TestCluster _cluster = new();

    [Fact]
    public void Plan_StaticPort_OncePerNode()
    {
        _cluster.Put(Node("a"), Node("b"));
        var plan = _cluster.Run(Job(WithPorts(3, new PortAsk("http", 8080, 80)))).Evaluations[0];
        Assert.Equal(["a", "b"], plan.Placed.Select(static placed => placed.NodeId).Order());
        Assert.All(plan.Placed, static placed => Assert.Equal(new GrantedPort("http", 8080, 80, "default"), Assert.Single(placed.Grant!.Ports)));
        Assert.Equal(new Dictionary<string, int> { ["network: port collision"] = 2 }, plan.Metrics["web"].DimensionExhausted);
    }

    [Fact]
    public void Plan_ReservedPort_IsNeverGivenAway()
    {
        _cluster.Put(Node("a", networks: [new NodeNetwork("default", [22])]));
        Assert.Empty(_cluster.Run(Job(WithPorts(1, new PortAsk("ssh", 22)))).Evaluations[0].Placed);
        Assert.Single(_cluster.Run(Job(WithPorts(1, new PortAsk("ssh", 23)))).Evaluations[0].Placed);
    }

    [Fact]
    public void Plan_DynamicPorts_AreOfTheRangeAndDistinct()
    {
        _cluster.Put(Node("a", networks: [new NodeNetwork("default", [20_001, 20_002])]));
        _cluster.Run(Job(WithPorts(5, new PortAsk("a", 0), new PortAsk("b", 20_003), new PortAsk("c", 0)) with { Count = 1 }));
        _cluster.Run(Job(WithPorts(5, new PortAsk("a", 0), new PortAsk("c", 0))) with { Key = "more" });
        var ports = _cluster.All.SelectMany(static entry => entry.State.Grant!.Ports).Select(static port => port.Value).ToArray();
        Assert.Equal(13, ports.Distinct().Count());
        Assert.All(ports, static port => Assert.InRange(port, 20_000, 32_000));
        Assert.DoesNotContain(20_001, ports);
    }

    [Fact]
    public void Plan_DynamicRangeIsUsedUp_IsBlockedOnPorts()
    {
        _cluster.Put(Node("a", networks: [new NodeNetwork("default", [.. Enumerable.Range(20_000, 11_998)])]));
        var plan = _cluster.Run(Job(WithPorts(9, new PortAsk("a", 0)))).Evaluations[0];
        Assert.Equal([31_998, 31_999, 32_000], plan.Placed.Select(static placed => placed.Grant!.Ports[0].Value).Order());
        Assert.Equal(6, plan.Metrics["web"].Missing);
        Assert.Equal(1, plan.Metrics["web"].DimensionExhausted["network: port collision"]);
    }

    [Fact]
    public void Plan_OwnStaticPortOfTheRange_IsNotGivenAsDynamic()
    {
        _cluster.Put(Node("a", networks: [new NodeNetwork("default", [.. Enumerable.Range(20_000, 12_000)])]));
        Assert.Empty(_cluster.Run(Job(WithPorts(1, new PortAsk("s", 32_000), new PortAsk("d", 0)))).Evaluations[0].Placed);
        Assert.Single(_cluster.Run(Job(WithPorts(1, new PortAsk("d", 0)))).Evaluations[0].Placed);
    }

    [Fact]
    public void Plan_SeveralNetworks_EachHasItsOwnPorts()
    {
        _cluster.Put(Node("a", networks: [NodeNetwork.Default, new NodeNetwork("public", [80])]));
        var plan = _cluster.Run(Job(WithPorts(1, new PortAsk("in", 8080), new PortAsk("out", 8080, 0, "public")))).Evaluations[0];
        Assert.Equal([("default", 8080), ("public", 8080)], plan.Placed[0].Grant!.Ports.Select(static port => (port.Network, port.Value)));
        Assert.Empty(_cluster.Run(Job(WithPorts(1, new PortAsk("out", 80, 0, "public"))) with { Key = "reserved" }).Evaluations[0].Placed);
        Assert.Single(_cluster.Run(Job(WithPorts(1, new PortAsk("in", 80))) with { Key = "free" }).Evaluations[0].Placed);
    }

    [Fact]
    public void Plan_NodeWithoutTheNetwork_IsFiltered()
    {
        _cluster.Put(Node("a"));
        var metrics = _cluster.Run(Job(WithPorts(1, new PortAsk("out", 0, 0, "public")))).Evaluations[0].Blocked["web"];
        Assert.Equal(1, metrics.ConstraintFiltered["missing host network: public"]);
        Assert.Equal(0, metrics.NodesExhausted);
    }

    [Fact]
    public void Plan_AllocationEnded_ItsPortIsFree()
    {
        _cluster.Put(Node("a"));
        var job = Job(WithPorts(1, new PortAsk("http", 8080)));
        _cluster.Run(job);
        _cluster.Report(_cluster.Live()[0], RunState.Lost);
        Assert.Single(_cluster.Run(job).Evaluations[0].Placed);
        Assert.Null(_cluster.Live()[0].Follows);
    }

    [Fact]
    public void Plan_HolderWasToldToStop_TheNextFollowsItOnItsPort()
    {
        _cluster.Put(Node("a"));
        _cluster.Run(Job(WithPorts(1, new PortAsk("http", 8080))) with { Key = "old" });
        _cluster.Run(Job(WithPorts(1, new PortAsk("http", 8080))) with { Key = "old", Stopped = true });
        var next = Job(WithPorts(1, new PortAsk("http", 8080))) with { Key = "next" };
        Assert.Equal([_cluster.Of("old")[0].Id], Assert.Single(_cluster.Run(next).Evaluations[0].Placed).Follows);
        Assert.Empty(_cluster.Run(Job(WithPorts(1, new PortAsk("http", 8080))) with { Key = "third" }).Evaluations[0].Placed);

        // The port stays the follower's when who it followed is gone.
        _cluster.Report(_cluster.Of("old")[0], RunState.Complete, "old");
        _cluster.Run(Job() with { Key = "old", Stopped = true });
        Assert.Empty(_cluster.Run(Job(WithPorts(1, new PortAsk("http", 8080))) with { Key = "third" }).Evaluations[0].Placed);
    }

    private static GroupSpec WithPorts(int count, params PortAsk[] ports) =>
        Group(count: count) with { Ask = new ResourceAsk(100, 0, 100, 0) { Ports = ports } };
}
