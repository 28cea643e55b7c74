using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using Saas.Scheduler.Core.Reconcile.Deployments;
using static Saas.Scheduler.Core.Tests.Reconcile.ReconcileScenario;

namespace Saas.Scheduler.Core.Tests.Reconcile;

/// <summary>What a user asks to be stopped is placed anew.</summary>
public sealed class MoveTests
{
    [Theory]
    [InlineData(JobKind.Service)]
    [InlineData(JobKind.Batch)]
    public void AskedOnce_IsStoppedAndReplacedAtOnce_AndOnce(JobKind kind)
    {
        var scenario = With(Service(Group(count: 3) with { MigrateParallel = 1 }) with { Kind = kind });
        scenario.RunToTheEnd();
        var asked = Ask(scenario, scenario.Live[1]);

        var result = scenario.Step();

        Assert.Equal((asked.Id, Reasons.Moved), (Assert.Single(result.Stop).Allocation.Id, result.Stop[0].Reason));
        var placed = Assert.Single(result.Place);
        Assert.Equal((asked.Index, asked.Id), (placed.Index, placed.Previous?.Id));
        scenario.RunToTheEnd();
        Assert.Equal(3, scenario.Live.Count);
        Assert.Empty(scenario.Step().Stop);
    }

    [Fact]
    public void AskedOnADrainingNode_CountsForTheDrainsPace()
    {
        var scenario = With(Service(Group(count: 3) with { MigrateParallel = 1 }), nodes: 1);
        scenario.RunToTheEnd();
        scenario.Put(Node("n0", drain: new Drain(null, IgnoreSystem: false)));
        scenario.Put(Node("n1"));
        Ask(scenario, scenario.Live[2]);

        Assert.Equal(2, Assert.Single(scenario.Step().Stop).Allocation.Index);
    }

    [Fact]
    public void AskedWhileARollOutIsHeld_TheOlderVersionIsKeptUp()
    {
        var scenario = With(Service(Group(count: 2, update: OneByOne)));
        scenario.RunToTheEnd();
        scenario.SubmitNew();
        scenario.Step();
        scenario.Deployment = scenario.Deployment! with { State = DeploymentState.Paused };
        var old = scenario.Live.First(static state => state.JobVersion == 0);
        Ask(scenario, old);

        var placed = Assert.Single(scenario.Step().Place);

        Assert.Equal((old.Id, 0L), (placed.Previous?.Id, placed.Older?.Version));
    }

    [Fact]
    public void Canary_IsReplacedByACanary()
    {
        var scenario = With(Service(Group(count: 2, update: OneByOne with { Canaries = 1 })));
        scenario.RunToTheEnd();
        scenario.SubmitNew();
        scenario.Step();
        scenario.AllWell();
        var canary = scenario.Live.Single(static state => state.Canary);
        Ask(scenario, canary);

        var placed = Assert.Single(scenario.Step().Place);

        Assert.Equal((canary.Id, true), (placed.Previous?.Id, placed.Canary));
    }

    [Fact]
    public void System_RunsAnewOnItsNode_UnlessThatTakesNothingNew()
    {
        var scenario = With(Service() with { Kind = JobKind.System }, nodes: 2);
        scenario.RunToTheEnd();
        scenario.Put(Node("n1", eligible: false));
        foreach (var state in scenario.Live)
        {
            Ask(scenario, state);
        }

        var result = scenario.Step();

        Assert.Equal(2, result.Stop.Count);
        Assert.Equal("n0", Assert.Single(result.Place).NodeId);
    }

    [Fact]
    public void StoppedJob_PlacesNothing()
    {
        var scenario = With(Service());
        scenario.RunToTheEnd();
        Ask(scenario, scenario.Live[0]);
        scenario.Job = scenario.Job! with { Stopped = true };

        var result = scenario.Step();

        Assert.Empty(result.Place);
        Assert.Equal(Reasons.JobStopped, Assert.Single(result.Stop).Reason);
    }

    private static AllocationState Ask(ReconcileScenario scenario, AllocationState state)
    {
        var asked = state with { Moves = true };
        scenario.Change(asked);
        return asked;
    }
}
