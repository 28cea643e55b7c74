using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using static Saas.Scheduler.Core.Tests.TestCluster;

namespace Saas.Scheduler.Core.Tests.Reconcile;

public sealed class RescheduleTests
{
    private readonly TestCluster _cluster = new();

    public RescheduleTests() => _cluster.Put(Node("a"), Node("b"));

    [Fact]
    public void Plan_Failed_IsFollowedUpAfterTheDelayAndThenReplacedElsewhere()
    {
        var job = Job(Group());
        _cluster.Run(job);
        var failed = _cluster.Live()[0];
        _cluster.Report(failed, RunState.Failed);

        var waiting = _cluster.Run(job).Evaluations[0];

        Assert.Equal(Start.AddSeconds(30), waiting.FollowUpAt);
        Assert.Empty(waiting.Placed);
        Assert.Single(waiting.Reconciled.Drop);

        _cluster.Now = waiting.FollowUpAt!.Value;
        var placed = Assert.Single(_cluster.Run(job).Evaluations[0].Placed);
        Assert.Equal(failed.Id, placed.Item.Previous!.Id);
        Assert.NotEqual(failed.NodeId, placed.NodeId);
    }

    [Fact]
    public void Plan_FailedOnTheOnlyNode_GoesBackToIt()
    {
        var cluster = new TestCluster();
        cluster.Put(Node("only"));
        cluster.Run(Job());
        cluster.Report(cluster.Live()[0], RunState.Failed);
        cluster.Now += TimeSpan.FromMinutes(1);
        Assert.Equal("only", Assert.Single(cluster.Run(Job()).Evaluations[0].Placed).NodeId);
    }

    [Theory]
    [InlineData(DelayFunction.Constant, "30 30 30 30 30")]
    [InlineData(DelayFunction.Exponential, "30 60 120 240 480")]
    [InlineData(DelayFunction.Fibonacci, "30 30 60 90 150")]
    public void Plan_FailsAgainAndAgain_DelaysGrowByTheirFunction(DelayFunction function, string expected)
    {
        var job = Job(Group(reschedule: Rule(function: function)));
        Assert.Equal(expected, string.Join(' ', Delays(job, 5)));
    }

    [Fact]
    public void Plan_DelayAboveItsMaximum_IsCut()
    {
        var rule = Rule() with { MaxDelay = TimeSpan.FromSeconds(100) };
        Assert.Equal("30 60 100 100", string.Join(' ', Delays(Job(Group(reschedule: rule)), 4)));
    }

    [Fact]
    public void Plan_AttemptsUsedUp_GivesUpUntilTheJobChanges()
    {
        var rule = Rule(attempts: 2, unlimited: false);
        var job = Job(Group(reschedule: rule));
        Assert.Equal(2, Delays(job, 5).Count);

        var plan = _cluster.Run(job).Evaluations[0];
        Assert.Equal(Reasons.AttemptsUsedUp, Assert.Single(plan.Reconciled.GivenUp).Reason);

        Assert.Single(_cluster.Run(job with { Version = 1 }).Evaluations[0].Placed);
    }

    [Fact]
    public void NeededOf_AttemptsUsedUp_WhatTheyAreCountedByIsKeptAndKeepsThemUsedUp()
    {
        var job = Job(Group(reschedule: Rule(attempts: 2, unlimited: false)));
        Assert.Equal(2, Delays(job, 5).Count);
        var needed = RescheduleHistory.NeededOf(job, _cluster.Of().ToDictionary(static state => state.Id), _cluster.Now);
        Assert.Equal(["alloc-000000", "alloc-000001"], needed.Order(StringComparer.Ordinal));
        Assert.Empty(RescheduleHistory.NeededOf(job with { Kind = JobKind.System }, _cluster.Of().ToDictionary(static state => state.Id), _cluster.Now));
    }

    [Fact]
    public void NeededOf_WhatDoesNotCount_IsNotKept()
    {
        var rule = Rule(attempts: 2, unlimited: false) with { Interval = TimeSpan.FromHours(1) };
        var job = Job(Group(reschedule: rule));
        Assert.Single(Delays(job, 1));
        var byId = _cluster.Of().ToDictionary(static state => state.Id);
        Assert.Single(RescheduleHistory.NeededOf(job, byId, _cluster.Now));
        Assert.Empty(RescheduleHistory.NeededOf(job, byId, _cluster.Now + TimeSpan.FromHours(1)));
        Assert.Empty(RescheduleHistory.NeededOf(Job(Group(reschedule: Rule())), byId, _cluster.Now));
    }

    [Fact]
    public void Plan_HeldOutLongerThanTheLongestDelay_StartsOver()
    {
        var job = Job();
        Assert.Equal("30 60 120", string.Join(' ', Delays(job, 3)));
        _cluster.Now += TimeSpan.FromHours(2);
        Assert.Equal("30", string.Join(' ', Delays(job, 1)));
    }

    [Fact]
    public void Plan_ServiceEndedByItself_IsStartedAgainAfterTheDelay()
    {
        _cluster.Run(Job());
        _cluster.Report(_cluster.Live()[0], RunState.Complete);
        Assert.NotNull(_cluster.Run(Job()).Evaluations[0].FollowUpAt);
        _cluster.Now += TimeSpan.FromSeconds(30);
        Assert.Single(_cluster.Run(Job()).Evaluations[0].Placed);
    }

    /// <summary>Fails whatever is placed, and collects how long (in seconds) each replacement had to wait.</summary>
    private List<double> Delays(JobSpec job, int failures)
    {
        var delays = new List<double>();
        for (var i = 0; i < failures; i++)
        {
            _cluster.Run(job);
            if (_cluster.Live() is not [var live])
            {
                break;
            }

            _cluster.Report(live, RunState.Failed);
            if (_cluster.Run(job).Evaluations[0].FollowUpAt is not { } at)
            {
                break;
            }

            delays.Add((at - _cluster.Now).TotalSeconds);
            _cluster.Now = at;
        }

        _cluster.Run(job);
        return delays;
    }
}
