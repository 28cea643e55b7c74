using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Grants;

/// <summary>As https://developer.hashicorp.com/nomad/docs/job-specification/device describes them.</summary>
public sealed class DeviceTests
{
    private readonly TestCluster _cluster = new();

    [Theory]
    [InlineData("gpu", true)]
    [InlineData("nvidia/gpu", true)]
    [InlineData("nvidia/gpu/a100", true)]
    [InlineData("amd/gpu", false)]
    [InlineData("nvidia/gpu/t4", false)]
    [InlineData("nvidia", false)]
    [InlineData("a100", false)]
    public void Plan_Name_IsOfTypeVendorOrModel(string name, bool expected)
    {
        _cluster.Put(Node("a", devices: [Gpus("a100", "40 GiB", 1)]));
        var plan = _cluster.Run(Job(Asking(1, new DeviceAsk("t", name, 1)))).Evaluations[0];
        Assert.Equal(expected, plan.Placed.Count == 1);
        Assert.Equal(expected ? 0 : 1, plan.Metrics["web"].ConstraintFiltered.GetValueOrDefault($"missing devices: {name}"));
    }

    [Fact]
    public void Plan_Instances_AreGivenOnceEach()
    {
        _cluster.Put(Node("a", devices: [Gpus("a100", "40 GiB", 5)]));
        var plan = _cluster.Run(Job(Asking(3, new DeviceAsk("t", "gpu", 2)))).Evaluations[0];
        Assert.Equal(2, plan.Placed.Count);
        Assert.Equal(4, plan.Placed.SelectMany(static placed => placed.Grant!.Devices[0].Ids).Distinct().Count());
        Assert.Equal(1, plan.Metrics["web"].DimensionExhausted["devices"]);
    }

    [Fact]
    public void Plan_Instances_AreAllOfOneGroup()
    {
        _cluster.Put(Node("a", devices: [Gpus("a100", "40 GiB", 1), Gpus("t4", "16 GiB", 1)]));
        Assert.Empty(_cluster.Run(Job(Asking(1, new DeviceAsk("t", "gpu", 2)))).Evaluations[0].Placed);
        Assert.Single(_cluster.Run(Job(Asking(1, new DeviceAsk("t", "gpu", 1), new DeviceAsk("u", "gpu", 1)))).Evaluations[0].Placed);
    }

    [Theory]
    [InlineData(">=", "16 GiB", "t4")]
    [InlineData("<", "16400 MiB", "t4")]
    [InlineData(">", "17 GB", "t4")]
    [InlineData(">", "20000 MiB", "a100")]
    [InlineData("=", "40960 MiB", "a100")]
    [InlineData(">", "1 TiB", null)]
    public void Plan_ConstraintWithUnits_ComparesAmounts(string operand, string right, string? expected)
    {
        _cluster.Put(Node("a", devices: [Gpus("t4", "16 GiB", 1), Gpus("a100", "40 GiB", 1)]));
        var ask = new DeviceAsk("t", "gpu", 1) { Constraints = [new NodeConstraint("${device.attr.memory}", operand, right)] };
        var plan = _cluster.Run(Job(Asking(1, ask))).Evaluations[0];
        Assert.Equal(expected, plan.Placed.Count == 0 ? null : plan.Placed[0].Grant!.Devices[0].Name);
    }

    [Theory]
    [InlineData(100, "a100", "t4")]
    [InlineData(-100, "t4", "a100")]
    public void Plan_Affinity_ChoosesTheGroupAndThenTheNext(int weight, string first, string second)
    {
        _cluster.Put(Node("a", devices: [Gpus("t4", "16 GiB", 1), Gpus("a100", "40 GiB", 1)]));
        var plan = _cluster.Run(Job(Asking(2, Liking("a100", weight)))).Evaluations[0];
        Assert.Equal([first, second], plan.Placed.Select(static placed => placed.Grant!.Devices[0].Name));
    }

    [Fact]
    public void Plan_Affinity_ChoosesTheNode()
    {
        _cluster.Put(Node("plain", devices: [Gpus("t4", "16 GiB", 1)], cpuMhz: 200, memoryMb: 200), Node("liked", devices: [Gpus("a100", "40 GiB", 1)]));
        Assert.Equal("liked", _cluster.Run(Job(Asking(1, Liking("a100", 100)))).Evaluations[0].Placed[0].NodeId);
    }

    [Fact]
    public void Plan_AffinityMatchesNothing_CountsAsARuleAllTheSame()
    {
        _cluster.Put(Node("a", devices: [Gpus("t4", "16 GiB", 1)]));
        var scored = Assert.Single(_cluster.Run(Job(Asking(1, Liking("a100", 100)))).Evaluations[0].Metrics["web"].Scores);
        Assert.Equal(0, scored.Parts["devices"]);
        Assert.Equal(scored.Parts["binpack"] / 2, scored.NormScore, 9);
    }

    [Fact]
    public void Plan_TwoAsksLikeTheSame_TheScoreIsOfWhatTheyGet()
    {
        _cluster.Put(Node("a", devices: [Gpus("t4", "16 GiB", 1), Gpus("a100", "40 GiB", 1)]));
        var plan = _cluster.Run(Job(Asking(1, Liking("a100", 50), Liking("a100", 50)))).Evaluations[0];
        Assert.Equal(["a100", "t4"], plan.Placed[0].Grant!.Devices.Select(static device => device.Name));
        Assert.Equal(0.5, plan.Metrics["web"].Scores[0].Parts["devices"], 9);
    }

    private static DeviceAsk Liking(string model, int weight) =>
        new("t", "gpu", 1) { Affinities = [new Affinity(new NodeConstraint("${device.model}", "=", model), weight)] };

    private static NodeDevices Gpus(string name, string memory, int count) => new(
        "nvidia", "gpu", name, new Dictionary<string, string> { ["memory"] = memory }, [.. Enumerable.Range(0, count).Select(i => $"{name}-{i}")]);

    private static GroupSpec Asking(int count, params DeviceAsk[] devices) =>
        Group(count: count) with { Ask = new ResourceAsk(100, 0, 100, 0) { Devices = devices } };
}
