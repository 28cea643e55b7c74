using Saas.Scheduler.Core.Model;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Placement;

public sealed class QuotaTests
{
    private readonly TestCluster _cluster = new();

    public QuotaTests() => _cluster.Put(Node("a"), Node("b"), Node("c"));

    [Theory]
    [InlineData("cpu")]
    [InlineData("cores")]
    [InlineData("memory")]
    [InlineData("disk")]
    [InlineData("allocations")]
    public void Plan_QuotaUsedUp_IsBlockedAndSaysOnWhat(string dimension)
    {
        _cluster.Quotas["p"] = new Quota(
            dimension == "cpu" ? 1100 : null, dimension == "cores" ? 2 : null, dimension == "memory" ? 600 : null,
            dimension == "disk" ? 899 : null, dimension == "allocations" ? 2 : null);
        var plan = _cluster.Run(Mine(count: 4)).Evaluations[0];
        Assert.Equal((2, 2), (plan.Placed.Count, plan.Metrics["web"].Missing));
        Assert.Equal([dimension], plan.Blocked["web"].QuotaExhausted);
        Assert.Equal(0, plan.Blocked["web"].NodesExhausted);
    }

    [Fact]
    public void Plan_QuotaOfAnother_DoesNotMatter()
    {
        _cluster.Quotas["other"] = new Quota(0, 0, 0, 0, 0);
        Assert.Equal(4, _cluster.Run(Mine(count: 4)).Evaluations[0].Placed.Count);
    }

    [Fact]
    public void Plan_QuotaLowered_StopsNothingAndLetsNothingIn()
    {
        _cluster.Run(Mine(count: 2));
        _cluster.Quotas["p"] = new Quota(null, null, null, null, 1);
        var plan = _cluster.Run(Mine(count: 3)).Evaluations[0];
        Assert.Empty(plan.Reconciled.Stop);
        Assert.Empty(plan.Placed);
        Assert.Equal(2, _cluster.Live().Count);
    }

    [Fact]
    public void Plan_OneHasEnded_ItsShareIsFreeInTheSamePlan()
    {
        _cluster.Quotas["p"] = new Quota(null, null, null, null, 1);
        _cluster.Run(Mine(count: 1));
        _cluster.Report(_cluster.Live()[0], RunState.Lost);
        Assert.Single(_cluster.Run(Mine(count: 1)).Evaluations[0].Placed);
    }

    [Fact]
    public void Plan_TwoJobsOfAProject_ShareItsQuotaByPriority()
    {
        _cluster.Quotas["p"] = new Quota(null, null, null, null, 3);
        _cluster.Run(Mine(count: 2) with { Key = "low", Priority = 10 }, Mine(count: 2) with { Key = "high", Priority = 90 });
        Assert.Equal((1, 2), (_cluster.Live("low").Count, _cluster.Live("high").Count));
    }

    [Fact]
    public void Plan_QuotaUsedUp_NobodyGivesWay()
    {
        _cluster.Settings = new PlacementSettings { PreemptForService = true };
        _cluster.Quotas["p"] = new Quota(0, null, null, null, null);
        _cluster.Run(Job(Group(count: 24, cpuMhz: 500, memoryMb: 1)) with { Key = "low", Priority = 1 });
        var plan = _cluster.Plan(Mine(count: 1) with { Priority = 100 }).Evaluations[0];
        Assert.Empty(plan.Preempted);
    }

    private static JobSpec Mine(int count) => Job(Group(count: count, cores: 1)) with { ProjectId = "p" };
}
