using Saas.Scheduler.Core.Model;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Reconcile;

public sealed class BatchTests
{
    private static readonly JobSpec Batch = Job(Group(count: 2)) with { Kind = JobKind.Batch };

    private readonly TestCluster _cluster = new();

    public BatchTests() => _cluster.Put(Node("a"), Node("b"));

    [Fact]
    public void Plan_InstanceCompleted_LeavesTheDocumentAndIsNotRunAgain()
    {
        _cluster.Run(Batch);
        _cluster.Report(_cluster.Live()[0], RunState.Complete);

        var plan = _cluster.Run(Batch).Evaluations[0];

        Assert.Single(plan.Reconciled.Drop);
        Assert.Empty(plan.Placed);
        Assert.True(_cluster.Plan(Batch).IsEmpty);
    }

    [Fact]
    public void Plan_CompletedInAnOlderVersion_RunsAgain()
    {
        _cluster.Run(Batch);
        foreach (var state in _cluster.Live())
        {
            _cluster.Report(state, RunState.Complete);
        }

        Assert.Equal(2, _cluster.Run(Batch with { Version = 1 }).Evaluations[0].Placed.Count);
    }

    [Fact]
    public void Plan_StoppedBeforeItCompleted_RunsAgainWhenAskedFor()
    {
        _cluster.Run(Batch);
        foreach (var state in _cluster.Live())
        {
            _cluster.Change(state with { Stopping = true, Run = RunState.Complete, EndedAt = _cluster.Now });
        }

        Assert.Equal(2, _cluster.Run(Batch).Evaluations[0].Placed.Count);
    }

    [Fact]
    public void Plan_NodeDownAfterCompletion_DoesNotRunAgain()
    {
        _cluster.Run(Batch);
        foreach (var state in _cluster.Live())
        {
            _cluster.Report(state, RunState.Complete);
            _cluster.SetStatus(state.NodeId, NodeStatus.Down);
        }

        Assert.Empty(_cluster.Run(Batch).Evaluations[0].Placed);
    }

    [Fact]
    public void Plan_FailedWithNoAttemptLeft_StaysFailed()
    {
        var once = Batch with { Groups = [Group(reschedule: Rule(attempts: 0, unlimited: false))] };
        _cluster.Run(once);
        _cluster.Report(_cluster.Live()[0], RunState.Failed);

        var plan = _cluster.Run(once).Evaluations[0];

        Assert.Empty(plan.Placed);
        Assert.Single(plan.Reconciled.GivenUp);
        Assert.Empty(plan.Reconciled.FollowUp);
    }
}
