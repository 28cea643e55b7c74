using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using static Saas.Scheduler.Core.Tests.Reconcile.ReconcileScenario;

namespace Saas.Scheduler.Core.Tests.Reconcile;

public sealed class SystemTests
{
    private static readonly JobSpec System = Service() with { Kind = JobKind.System };

    [Fact]
    public void EachOpenNodeThatSuits_GetsOne()
    {
        var scenario = With(System, nodes: 3);
        scenario.Put(Node("closed", eligible: false));
        scenario.Put(Node("down", NodeStatus.Down));
        scenario.Suits = static (_, node) => node.Id != "n1";

        scenario.RunToTheEnd();
        Assert.Equal(["n0", "n2"], scenario.Live.Select(static state => state.NodeId).Order());

        scenario.Put(Node("late"));
        Assert.Equal("late", Assert.Single(scenario.Step().Place).NodeId);
    }

    [Fact]
    public void NodeGoneAndBack_IsLostAndPlacedAgain()
    {
        var scenario = With(System, nodes: 2);
        scenario.RunToTheEnd();
        scenario.Silence("n1");
        var lost = scenario.Step();
        Assert.Single(lost.Lost);
        Assert.Empty(lost.Place);

        scenario.Put(Node("n1"));
        Assert.Equal((Reasons.Replaced, "n1"), (scenario.Look().Place[0].Reason, scenario.Step().Place[0].NodeId));
    }

    [Fact]
    public void NodeNotEligible_KeepsWhatItHas_EvenOfAnOlderVersion()
    {
        var scenario = With(System, nodes: 2);
        scenario.RunToTheEnd();
        scenario.Put(Node("n0", eligible: false));
        Assert.Empty(scenario.Step().Stop);
        scenario.SubmitNew();
        Assert.Equal("n1", Assert.Single(scenario.Step().Stop).Allocation.NodeId);
    }

    [Theory]
    [InlineData(JobKind.System, RunState.Failed)]
    [InlineData(JobKind.System, RunState.Complete)]
    [InlineData(JobKind.SysBatch, RunState.Failed)]
    public void EndedByItself_IsNotRescheduledUntilTheJobChanges(JobKind kind, RunState run)
    {
        var scenario = With(System with { Kind = kind }, nodes: 1);
        scenario.RunToTheEnd();
        scenario.Report(scenario.Live[0], run);
        for (var i = 0; i < 3; i++)
        {
            var result = scenario.Step();
            Assert.Empty(result.Place);
            Assert.Empty(result.FollowUp);
            Assert.Equal(Reasons.NotRescheduled, Assert.Single(result.GivenUp).Reason);
            scenario.Now += TimeSpan.FromHours(1);
        }

        scenario.SubmitNew();
        Assert.Single(scenario.Step().Place);
    }

    [Theory]
    [InlineData(JobKind.System, 1)]
    [InlineData(JobKind.SysBatch, 0)]
    public void EndedByItself_NodeIsReadyAnew_OnlySystemJobsBeginAnew(JobKind kind, int placed)
    {
        var scenario = With(System with { Kind = kind }, nodes: 1);
        scenario.Put(Node("n0", readySince: scenario.Now));
        scenario.RunToTheEnd();
        scenario.Now += TimeSpan.FromMinutes(1);
        scenario.Report(scenario.Live[0], RunState.Failed);
        Assert.Empty(scenario.Step().Place);

        scenario.Now += TimeSpan.FromMinutes(1);
        scenario.Put(Node("n0", readySince: scenario.Now));
        Assert.Equal(placed, scenario.Step().Place.Count);
    }

    [Fact]
    public void NewVersion_ReplacesInBatches()
    {
        var scenario = With(System with { Groups = [Group(update: OneByOne with { MaxParallel = 2 })] }, nodes: 5);
        scenario.RunToTheEnd();
        scenario.SubmitNew();
        Assert.Equal(2, scenario.Step().Stop.Count);
        Assert.Empty(scenario.Step().Stop);
        scenario.AllWell();
        Assert.Equal(2, scenario.Step().Stop.Count);
        scenario.RunToTheEnd();
        Assert.All(scenario.Live, static state => Assert.Equal(1, state.JobVersion));
        Assert.Equal(5, scenario.Live.Count);
    }

    [Fact]
    public void NewVersionANodeDoesNotSuit_StopsThere()
    {
        var scenario = With(System, nodes: 2);
        scenario.RunToTheEnd();
        scenario.Submit(static group => group);
        scenario.Suits = static (_, node) => node.Id == "n0";
        var result = scenario.Step();
        Assert.Equal("n1", Assert.Single(result.Stop).Allocation.NodeId);
        Assert.Single(result.InPlace);
        Assert.Empty(result.Place);
    }

    [Fact]
    public void SysBatchCompleted_IsNotRunAgainInItsVersion()
    {
        var scenario = With(System with { Kind = JobKind.SysBatch }, nodes: 2);
        scenario.RunToTheEnd();
        foreach (var state in scenario.Live)
        {
            scenario.Report(state, RunState.Complete);
        }

        Assert.Empty(scenario.Step().Place);
        Assert.Empty(scenario.Step().Place);
        scenario.SubmitNew();
        Assert.Equal(2, scenario.Step().Place.Count);
    }
}
