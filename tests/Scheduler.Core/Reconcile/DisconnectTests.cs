using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using static Saas.Scheduler.Core.Tests.Reconcile.ReconcileScenario;

namespace Saas.Scheduler.Core.Tests.Reconcile;

public sealed class DisconnectTests
{
    private static readonly DisconnectRule Rule = new(TimeSpan.FromMinutes(5), Replace: true, ReconcileStrategy.KeepOriginal);

    private static ReconcileScenario Silenced(
        DisconnectRule? rule, NodeStatus status = NodeStatus.Disconnected, bool staysLost = false)
    {
        var scenario = With(Service(Group() with { Disconnect = rule, StaysLost = staysLost }), nodes: 2);
        scenario.RunToTheEnd();
        scenario.Silence(scenario.Live[0].NodeId, status);
        return scenario;
    }

    private static AllocationState Original(ReconcileScenario scenario) => scenario.Allocations[0];

    private static void ComesBack(ReconcileScenario scenario)
    {
        scenario.Put(Node(Original(scenario).NodeId));
        Assert.Empty(scenario.Step().Stop);
        scenario.Report(Original(scenario), RunState.Running);
    }

    [Theory]
    [InlineData(NodeStatus.Disconnected)]
    [InlineData(NodeStatus.Down)]
    public void SilentNode_ItsAllocationsAreUnknownAndReplacedUntilTheyAreLost(NodeStatus status)
    {
        var scenario = Silenced(Rule, status);

        var result = scenario.Step();
        Assert.Single(result.Disconnect);
        Assert.Equal(Start.AddMinutes(5), result.FollowUpAt);
        Assert.Equal(Original(scenario).Id, Assert.Single(result.Place).Previous!.Id);
        Assert.Empty(scenario.Step().Place);

        scenario.Now = Start.AddMinutes(5);
        Assert.Equal(Original(scenario).Id, Assert.Single(scenario.Step().Lost).Allocation.Id);
        Assert.Single(scenario.Live);
    }

    [Fact]
    public void GroupWithoutRule_IsLostAtOnce()
    {
        var scenario = Silenced(null);
        var result = scenario.Step();
        Assert.Single(result.Lost);
        Assert.Single(result.Place);
    }

    [Fact]
    public void NotReplaced_WaitsAndGoesOnWhenTheNodeIsBack()
    {
        var scenario = Silenced(Rule with { Replace = false });
        Assert.Empty(scenario.Step().Place);
        ComesBack(scenario);
        Assert.Equal(Reasons.UpToDate, Assert.Single(scenario.Step().Ignore).Reason);
        Assert.Single(scenario.Allocations);
    }

    [Theory]
    [InlineData(ReconcileStrategy.KeepOriginal, true)]
    [InlineData(ReconcileStrategy.KeepReplacement, false)]
    [InlineData(ReconcileStrategy.LongestRunning, true)]
    [InlineData(ReconcileStrategy.BestScore, false)]
    public void NodeBack_OneOfTheTwoStays(ReconcileStrategy strategy, bool original)
    {
        var scenario = Silenced(Rule with { Strategy = strategy });
        scenario.Step();
        scenario.Now += TimeSpan.FromMinutes(1);
        var replacement = scenario.Allocations[1];
        scenario.Change(replacement with { Run = RunState.Running, Score = 0.5f });
        ComesBack(scenario);

        var stopped = Assert.Single(scenario.Step().Stop);

        Assert.Equal(original ? replacement.Id : Original(scenario).Id, stopped.Allocation.Id);
        Assert.Equal(original ? Reasons.OriginalStays : Reasons.ReplacementStays, stopped.Reason);
        Assert.Single(scenario.Live);
    }

    [Fact]
    public void NodeBackAfterANewVersion_TheNewVersionStays()
    {
        var scenario = Silenced(Rule);
        scenario.SubmitNew();
        scenario.Step();
        scenario.AllWell();
        ComesBack(scenario);
        Assert.Equal(Original(scenario).Id, Assert.Single(scenario.Step().Stop).Allocation.Id);
    }

    [Fact]
    public void ReplacementFailed_IsReplacedByItsPolicy()
    {
        var scenario = Silenced(Rule);
        scenario.Step();
        scenario.Report(scenario.Allocations[1], RunState.Failed);
        Assert.Single(scenario.Step().FollowUp);
        scenario.Now += TimeSpan.FromSeconds(30);
        Assert.Equal(scenario.Allocations[1].Id, Assert.Single(scenario.Step().Place).Previous!.Id);
    }

    [Fact]
    public void NotYetRunning_IsLostAtOnce()
    {
        var scenario = With(Service(Group() with { Disconnect = Rule }), nodes: 2);
        scenario.Step();
        scenario.Silence(scenario.Live[0].NodeId, NodeStatus.Disconnected);
        Assert.Single(scenario.Step().Lost);
    }

    [Fact]
    public void StaysLost_WaitsForItsNodeUntilThatIsNotEnrolledAnyMore()
    {
        var scenario = Silenced(null, NodeStatus.Down, staysLost: true);
        Assert.Single(scenario.Step().Disconnect);
        scenario.Now += TimeSpan.FromDays(9);
        var waits = scenario.Step();
        Assert.Empty(waits.Place);
        Assert.Empty(waits.Lost);

        scenario.Remove(Original(scenario).NodeId);
        var result = scenario.Step();
        Assert.Single(result.Lost);
        Assert.Single(result.Place);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void StopsAfter_NothingTakesItsPlaceUntilItsAgentHasStoppedIt(bool revoked)
    {
        var scenario = With(Service(Group() with { StopsAfter = TimeSpan.FromSeconds(65) }), nodes: 2);
        scenario.RunToTheEnd();
        scenario.Put(Node(scenario.Live[0].NodeId, NodeStatus.Down, scenario.Now, revoked: revoked));
        var lost = scenario.Step();
        Assert.Single(lost.Lost);
        Assert.Empty(lost.Place);
        Assert.Equal(scenario.Now.AddSeconds(65), lost.FollowUpAt);

        scenario.Now += TimeSpan.FromSeconds(64);
        Assert.Empty(scenario.Look().Place);
        scenario.Now += TimeSpan.FromSeconds(1);
        Assert.Single(scenario.Step().Place);
    }

    [Fact]
    public void StopsAfter_NodeIsHeardAgain_IsReplacedAtOnce()
    {
        var scenario = With(Service(Group() with { StopsAfter = TimeSpan.FromHours(1) }), nodes: 2);
        scenario.RunToTheEnd();
        var node = scenario.Live[0].NodeId;
        scenario.Silence(node);
        Assert.Empty(scenario.Step().Place);
        scenario.Put(Node(node));
        Assert.Single(scenario.Step().Place);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NodeIsRevoked_WhatIsUnknownIsLostAtOnceAndReplaced(bool staysLost)
    {
        var scenario = Silenced(staysLost ? null : Rule with { Replace = false }, NodeStatus.Down, staysLost);
        Assert.Single(scenario.Step().Disconnect);
        scenario.Put(Node(Original(scenario).NodeId, NodeStatus.Down, Start, revoked: true));
        var result = scenario.Step();
        Assert.Single(result.Lost);
        Assert.Single(result.Place);
    }

    [Fact]
    public void NodeIsRevoked_WhatRunsIsNeverUnknown()
    {
        var scenario = Silenced(null, NodeStatus.Down, staysLost: true);
        scenario.Put(Node(Original(scenario).NodeId, NodeStatus.Down, Start, revoked: true));
        var result = scenario.Step();
        Assert.Empty(result.Disconnect);
        Assert.Single(result.Lost);
        Assert.Single(result.Place);
    }

    [Fact]
    public void NodeIsRevoked_WhatWaitsForItWaitsNoMore()
    {
        var scenario = With(Service(Group() with { StaysLost = true }), nodes: 2);
        scenario.Step();
        var node = scenario.Live[0].NodeId;
        scenario.Silence(node);
        Assert.Single(scenario.Step().Lost);
        Assert.Empty(scenario.Step().Place);
        scenario.Put(Node(node, NodeStatus.Down, Start, revoked: true));
        Assert.Single(scenario.Step().Place);
    }

    [Fact]
    public void BatchCompletedWhileSilent_ItsReplacementStops()
    {
        var scenario = With(Service(Group() with { Disconnect = Rule }) with { Kind = JobKind.Batch }, nodes: 2);
        scenario.RunToTheEnd();
        scenario.Silence(scenario.Live[0].NodeId, NodeStatus.Disconnected);
        scenario.Step();
        scenario.Put(Node(Original(scenario).NodeId));
        scenario.Report(Original(scenario), RunState.Complete);

        var result = scenario.Step();

        Assert.Equal(Reasons.CompletedElsewhere, Assert.Single(result.Stop).Reason);
        Assert.Empty(result.Place);
        Assert.Empty(scenario.Step().Place);
    }
}
