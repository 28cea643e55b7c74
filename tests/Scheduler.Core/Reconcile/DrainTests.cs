using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using static Saas.Scheduler.Core.Tests.Reconcile.ReconcileScenario;

namespace Saas.Scheduler.Core.Tests.Reconcile;

public sealed class DrainTests
{
    private static readonly DateTimeOffset Deadline = Start.AddHours(1);

    /// <summary>All on one node, which is then drained.</summary>
    private static ReconcileScenario Draining(JobSpec job, DateTimeOffset? at = null)
    {
        var scenario = With(job, nodes: 1);
        scenario.RunToTheEnd();
        scenario.Put(Node("n0", drain: new Drain(at, IgnoreSystem: false)));
        scenario.Put(Node("n1"));
        return scenario;
    }

    [Fact]
    public void AllocationsMove_AFewAtATime_EachWaitingForTheOneBefore()
    {
        var scenario = Draining(Service(Group(count: 3) with { MigrateParallel = 2 }), Deadline);

        var first = scenario.Step();
        Assert.Equal([0, 1], first.Stop.Select(static item => item.Allocation.Index));
        Assert.All(first.Stop, static item => Assert.Equal(Reasons.NodeDrained, item.Reason));
        Assert.Equal(2, first.Place.Count);
        Assert.Equal(Deadline, first.FollowUpAt);

        Assert.Empty(scenario.Step().Stop);
        scenario.AllWell();
        Assert.Equal(2, Assert.Single(scenario.Step().Stop).Allocation.Index);
        scenario.RunToTheEnd();
        Assert.All(scenario.Live, static state => Assert.Equal("n1", state.NodeId));
    }

    [Fact]
    public void TwoNodesDraining_TogetherMoveNoMoreThanTheGroupAllows()
    {
        var scenario = With(Service(Group(count: 4)), nodes: 2);
        scenario.RunToTheEnd();
        scenario.Put(Node("n0", drain: new Drain(null, false)));
        scenario.Put(Node("n1", drain: new Drain(null, false)));
        scenario.Put(Node("n2"));
        for (var i = 0; i < 4; i++)
        {
            Assert.Single(scenario.Step().Stop);
            Assert.Empty(scenario.Step().Stop);
            scenario.AllWell();
        }

        scenario.RunToTheEnd();
        Assert.All(scenario.Live, static state => Assert.Equal("n2", state.NodeId));
    }

    [Fact]
    public void NameLostElsewhere_CountsAsDown()
    {
        var scenario = Draining(Service(Group(count: 2)));
        scenario.Change(scenario.Live[1] with { NodeId = "gone" });
        Assert.Empty(scenario.Step().Stop);
    }

    [Fact]
    public void Deadline_MovesTheRestAtOnce()
    {
        var scenario = Draining(Service(Group(count: 5)), Deadline);
        scenario.Step();
        scenario.Now = Deadline;
        Assert.Equal(4, scenario.Step().Stop.Count);
        Assert.Equal(5, scenario.Live.Count);
    }

    [Fact]
    public void Batch_MayFinishUntilTheDeadlineAndIsThenRunElsewhere()
    {
        var scenario = Draining(Service(Group(count: 2)) with { Kind = JobKind.Batch }, Deadline);
        Assert.Empty(scenario.Step().Stop);
        scenario.Report(scenario.Live[0], RunState.Complete);
        scenario.Step();
        scenario.Now = Deadline;
        var result = scenario.Step();
        Assert.Equal(1, Assert.Single(result.Stop).Allocation.Index);
        Assert.Equal(1, Assert.Single(result.Place).Index);
    }

    [Fact]
    public void System_GoesWhenAllOthersHave()
    {
        var scenario = Draining(Service() with { Kind = JobKind.System }, Deadline);
        scenario.Busy.Add("n0");
        Assert.Empty(scenario.Step().Stop);
        Assert.Equal(2, scenario.Live.Count);

        scenario.Busy.Clear();
        Assert.Equal("n0", Assert.Single(scenario.Step().Stop).Allocation.NodeId);
        scenario.RunToTheEnd();
        Assert.Equal("n1", Assert.Single(scenario.Live).NodeId);
    }

    [Fact]
    public void System_StaysWhereTheDrainLeavesIt()
    {
        var scenario = Draining(Service() with { Kind = JobKind.System });
        scenario.Put(Node("n0", drain: new Drain(Start, IgnoreSystem: true)));
        Assert.Empty(scenario.Step().Stop);
    }

    [Fact]
    public void NoRoomElsewhere_IsTriedAgainEvenWhileTheRollOutStandsStill()
    {
        var update = OneByOne with { ProgressDeadline = null };
        var scenario = With(Service(Group(count: 2, update: update)), nodes: 1);
        scenario.RunToTheEnd();
        scenario.SubmitNew();
        scenario.Step();
        scenario.Report(scenario.Live.Single(static state => state.JobVersion == 1), RunState.Running, healthy: false);
        scenario.Step();
        scenario.Put(Node("n0", drain: new Drain(Start, false)));
        scenario.Step();
        Assert.Empty(scenario.Live);

        scenario.Put(Node("n1"));
        scenario.Step();
        Assert.Equal([0, 1], scenario.Live.Select(static state => state.Index).Order());
    }
}
