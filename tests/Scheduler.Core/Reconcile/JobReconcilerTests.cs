using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Reconcile;

public sealed class JobReconcilerTests
{
    private readonly TestCluster _cluster = new();

    public JobReconcilerTests() => _cluster.Put(Node("a"), Node("b"), Node("c"));

    [Fact]
    public void Plan_NewJob_FillsEveryName()
    {
        var plan = _cluster.Run(Job(Group(count: 3), Group("db", 2)));

        Assert.Equal(
            ["db[0]", "db[1]", "web[0]", "web[1]", "web[2]"],
            plan.Evaluations[0].Placed.Select(static p => $"{p.Item.Group.Name}[{p.Item.Index}]").Order());
    }

    [Fact]
    public void Plan_CountRaised_AddsOnlyTheMissingNames()
    {
        _cluster.Run(Job(Group(count: 2)));

        var plan = _cluster.Run(Job(Group(count: 4)) with { Version = 1 }).Evaluations[0];

        Assert.Equal([2, 3], plan.Placed.Select(static p => p.Item.Index).Order());
        Assert.Equal(2, plan.Reconciled.InPlace.Count);
        Assert.Empty(plan.Reconciled.Stop);
        Assert.All(_cluster.Live(), static state => Assert.Equal(1, state.JobVersion));
    }

    [Fact]
    public void Plan_CountLowered_StopsTheHighestNames()
    {
        _cluster.Run(Job(Group(count: 4)));

        var plan = _cluster.Run(Job(Group(count: 1)) with { Version = 1 }).Evaluations[0];

        Assert.Equal([1, 2, 3], plan.Reconciled.Stop.Select(static item => item.Allocation.Index).Order());
        Assert.All(plan.Reconciled.Stop, static item => Assert.Equal(Reasons.CountLowered, item.Reason));
        Assert.Single(_cluster.Live());
    }

    [Fact]
    public void Plan_CountZero_StopsAll()
    {
        _cluster.Run(Job(Group(count: 2)));
        _cluster.Run(Job(Group(count: 0)) with { Version = 1 });
        Assert.Empty(_cluster.Live());
    }

    [Fact]
    public void Plan_JobStopped_StopsAllAndPlacesNothing()
    {
        _cluster.Run(Job(Group(count: 2)));

        var plan = _cluster.Run(Job(Group(count: 2)) with { Version = 1, Stopped = true }).Evaluations[0];

        Assert.Equal(2, plan.Reconciled.Stop.Count);
        Assert.Empty(plan.Placed);
    }

    [Fact]
    public void Plan_JobRemoved_StopsAll()
    {
        _cluster.Run(Job(Group(count: 2)));

        var plan = _cluster.PlanRemoved().Evaluations[0];

        Assert.All(plan.Reconciled.Stop, static item => Assert.Equal(Reasons.JobRemoved, item.Reason));
        Assert.Equal(2, plan.Reconciled.Stop.Count);
    }

    [Fact]
    public void Plan_GroupRemoved_StopsItsAllocationsOnly()
    {
        _cluster.Run(Job(Group(), Group("db")));

        var plan = _cluster.Run(Job(Group()) with { Version = 1 }).Evaluations[0];

        Assert.Equal("db", Assert.Single(plan.Reconciled.Stop).Allocation.Group);
        Assert.Equal("web", Assert.Single(_cluster.Live()).Group);
    }

    [Fact]
    public void Plan_NewVersionWithAnotherDefinition_StopsOldAndPlacesNew()
    {
        _cluster.Run(Job(Group()));
        var old = _cluster.Live()[0];

        var plan = _cluster.Run(Job(Group(definition: "v2")) with { Version = 1 }).Evaluations[0];

        Assert.Equal(old.Id, Assert.Single(plan.Reconciled.Stop).Allocation.Id);
        var placed = Assert.Single(plan.Placed);
        Assert.Equal((0, old.Id), (placed.Item.Index, placed.Item.Previous!.Id));
    }

    [Fact]
    public void Plan_NewVersionThatGrowsItsDocument_StaysWhereThereIsRoomForIt()
    {
        var cluster = new TestCluster();
        cluster.Put(Node("only", documentBytes: 500));
        cluster.Run(Job(Group(count: 2)));

        var grown = cluster.Run(Job(Group(count: 2, documentBytes: 250)) with { Version = 1 }).Evaluations[0];

        Assert.Equal(2, grown.Reconciled.InPlace.Count);
        Assert.Empty(grown.Reconciled.Stop);
    }

    [Fact]
    public void Plan_NewVersionsThatTogetherOutgrowTheirDocument_MoveAsFarAsNeeded()
    {
        var cluster = new TestCluster();
        cluster.Put(Node("full", documentBytes: 500));
        cluster.Run(Job(Group(count: 2)));
        cluster.Put(Node("empty", documentBytes: 500));

        var plan = cluster.Run(Job(Group(count: 2, documentBytes: 300)) with { Version = 1 }).Evaluations[0];

        Assert.Single(plan.Reconciled.InPlace);
        Assert.Equal(Reasons.NodeUnsuitable, Assert.Single(plan.Reconciled.Stop).Reason);
        Assert.Equal("empty", Assert.Single(plan.Placed).NodeId);
    }

    [Fact]
    public void Plan_NewVersionOnAFullNode_FollowsTheOldOne()
    {
        var cluster = new TestCluster();
        cluster.Put(Node("only", memoryMb: 300));
        cluster.Run(Job(Group()));
        var old = cluster.Live()[0];

        var plan = cluster.Run(Job(Group(definition: "v2")) with { Version = 1 }).Evaluations[0];

        Assert.Equal([old.Id], Assert.Single(plan.Placed).Follows!);
    }

    [Fact]
    public void Plan_NewVersionTheNodeDoesNotSuit_MovesTheAllocation()
    {
        _cluster.Run(Job(Group()));
        var node = _cluster.Live()[0].NodeId;
        var elsewhere = new NodeConstraint("${node.unique.id}", "!=", node);

        var plan = _cluster.Run(Job(Group(constraints: [elsewhere])) with { Version = 1 }).Evaluations[0];

        Assert.Equal(Reasons.NodeUnsuitable, Assert.Single(plan.Reconciled.Stop).Reason);
        Assert.NotEqual(node, Assert.Single(plan.Placed).NodeId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Plan_NodeGone_ReplacesOnAnotherNode(bool removed)
    {
        _cluster.Run(Job(Group()));
        var old = _cluster.Live()[0];
        if (removed)
        {
            _cluster.Remove(old.NodeId);
        }
        else
        {
            _cluster.SetStatus(old.NodeId, NodeStatus.Down);
        }

        var plan = _cluster.Run(Job(Group())).Evaluations[0];

        Assert.Equal(old.Id, Assert.Single(plan.Reconciled.Lost).Allocation.Id);
        Assert.NotEqual(old.NodeId, Assert.Single(plan.Placed).NodeId);
        Assert.Single(_cluster.Live());
    }

    [Fact]
    public void Plan_NodeGoneOfAStoppingAllocation_IsLostWithoutReplacement()
    {
        _cluster.Run(Job(Group()));
        var stopped = Job(Group()) with { Version = 1, Stopped = true };
        _cluster.Run(stopped);
        _cluster.SetStatus(_cluster.Of()[0].NodeId, NodeStatus.Down);

        var plan = _cluster.Run(stopped).Evaluations[0];

        Assert.Single(plan.Reconciled.Lost);
        Assert.Empty(plan.Placed);
        Assert.True(_cluster.Plan(stopped).IsEmpty);
    }

    [Fact]
    public void Plan_NodeOnlyInitializing_LeavesItsAllocations()
    {
        _cluster.Run(Job(Group()));
        _cluster.SetStatus(_cluster.Live()[0].NodeId, NodeStatus.Initializing);
        Assert.True(_cluster.Plan(Job(Group())).IsEmpty);
    }

    [Fact]
    public void Plan_TwoAllocationsOfOneName_StopsTheOneThatDoesNotRun()
    {
        _cluster.Run(Job(Group()));
        var first = _cluster.Live()[0];
        _cluster.Change(first with { Id = "alloc-twin", Run = RunState.Running });

        var plan = _cluster.Run(Job(Group())).Evaluations[0];

        Assert.Equal(first.Id, Assert.Single(plan.Reconciled.Stop).Allocation.Id);
        Assert.Equal("alloc-twin", Assert.Single(_cluster.Live()).Id);
    }

    [Fact]
    public void Plan_StoppedAllocationEnded_LeavesTheDocument()
    {
        _cluster.Run(Job(Group(count: 2)));
        var one = Job(Group(count: 1)) with { Version = 1 };
        _cluster.Run(one);
        var stopping = _cluster.Of().Single(static state => state.Stopping);
        _cluster.Report(stopping, RunState.Complete);

        var plan = _cluster.Run(one).Evaluations[0];

        Assert.Equal(stopping.Id, Assert.Single(plan.Reconciled.Drop).Allocation.Id);
        Assert.Empty(plan.Placed);
    }

    [Fact]
    public void Plan_AllocationTakenFromItsDocumentUnfinished_CountsAsLost()
    {
        _cluster.Run(Job(Group()));
        _cluster.Change(_cluster.Live()[0] with { Run = RunState.Running, Assigned = false });

        Assert.Equal(Reasons.Replaced, Assert.Single(_cluster.Run(Job(Group())).Evaluations[0].Placed).Item.Reason);
    }
}
