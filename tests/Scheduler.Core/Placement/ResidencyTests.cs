using Saas.Scheduler.Core.Model;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Placement;

/// <summary>A group that declares a data class runs only where that may be held.</summary>
public sealed class ResidencyTests
{
    private readonly TestCluster _cluster = new();

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("public", false)]
    [InlineData("health-public", false)]
    [InlineData("health", true)]
    [InlineData("public, health", true)]
    [InlineData("HEALTH", false)]
    public void Plan_DataClass_OnlyWhereTheSiteSaysSo(string? label, bool expected)
    {
        _cluster.Put(Node("a", meta: label is null ? [] : new() { ["residency.data_classes"] = label }));
        var plan = _cluster.Run(Job(Group() with { DataClass = "health" })).Evaluations[0];
        Assert.Equal(expected, plan.Placed.Count == 1);
        Assert.Equal(expected ? 0 : 1, plan.Metrics["web"].ConstraintFiltered.GetValueOrDefault("site may not hold data of class health"));
    }

    [Fact]
    public void Plan_DataClass_NeverBursts()
    {
        Dictionary<string, string> allowed = new() { ["residency.data_classes"] = "health" };
        _cluster.Put(Node("own", memoryMb: 300, meta: allowed), Node("cloud", pool: "cloud", meta: allowed));
        _cluster.Run(Job(Group(count: 3) with { DataClass = "health", BurstPools = ["cloud"] }));
        Assert.Equal("own", Assert.Single(_cluster.Live()).NodeId);
    }

    [Fact]
    public void Plan_DataClass_DoesNotGetRoomByPreemptionElsewhere()
    {
        _cluster.Settings = new PlacementSettings { PreemptForService = true };
        _cluster.Put(Node("a", memoryMb: 300));
        _cluster.Run(Job() with { Key = "low", Priority = 1 });
        var plan = _cluster.Plan(Job(Group() with { DataClass = "health" }) with { Priority = 100 }).Evaluations[0];
        Assert.Equal((0, 0), (plan.Placed.Count, plan.Preempted.Count));
    }
}
