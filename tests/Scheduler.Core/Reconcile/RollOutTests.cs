using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using Saas.Scheduler.Core.Reconcile.Deployments;
using static Saas.Scheduler.Core.Tests.Reconcile.ReconcileScenario;

namespace Saas.Scheduler.Core.Tests.Reconcile;

public sealed class RollOutTests
{
    private static ReconcileScenario Settled(int count = 3, UpdateRule? update = null)
    {
        var scenario = With(Service(Group(count: count, update: update ?? OneByOne)));
        scenario.RunToTheEnd();
        return scenario;
    }

    [Fact]
    public void FirstVersion_IsPlacedAtOnce_AndItsDeploymentSucceedsWhenAllAreWell()
    {
        var scenario = With(Service(Group(count: 3, update: OneByOne)));

        var first = scenario.Step();

        Assert.Equal(3, first.Place.Count);
        Assert.All(first.Place, static item => Assert.True(item.InDeployment));
        Assert.Equal((DeploymentState.Running, 3), (first.Deployment!.State, first.Deployment.Groups["web"].DesiredTotal));
        Assert.Equal(Start.AddMinutes(10), first.FollowUpAt);

        scenario.AllWell();
        scenario.Step();
        Assert.Equal(DeploymentState.Successful, scenario.Deployment!.State);
        var group = scenario.Deployment.Groups["web"];
        Assert.Equal((3, 3, 0), (group.Placed, group.Healthy, group.Unhealthy));
        Assert.Null(scenario.Look().FollowUpAt);
    }

    [Fact]
    public void NewVersion_ReplacesNoMoreThanMaxParallelUntilTheyAreWell()
    {
        var scenario = Settled(4, OneByOne with { MaxParallel = 2 });
        scenario.SubmitNew();

        var first = scenario.Step();
        Assert.Equal([0, 1], first.Stop.Select(static item => item.Allocation.Index));
        Assert.Equal([0, 1], first.Place.Select(static item => item.Index));
        Assert.Empty(scenario.Step().Stop);

        scenario.Report(scenario.Live.First(static state => state.JobVersion == 1), RunState.Running, healthy: true);
        Assert.Equal(2, Assert.Single(scenario.Step().Stop).Allocation.Index);

        scenario.RunToTheEnd();
        Assert.All(scenario.Live, static state => Assert.Equal(1, state.JobVersion));
        Assert.Equal(DeploymentState.Successful, scenario.Deployment!.State);
    }

    [Fact]
    public void NewVersionOnlyInCount_UpdatesInPlaceAndCountsThemForTheDeployment()
    {
        var scenario = Settled();
        scenario.Submit(static group => group with { Count = 4 });

        var result = scenario.Step();

        Assert.Equal(3, result.InPlace.Count);
        Assert.All(result.InPlace, static item => Assert.True(item.InDeployment));
        Assert.Equal(3, Assert.Single(result.Place).Index);
        Assert.Equal(4, scenario.Deployment!.Groups["web"].DesiredTotal);
        scenario.RunToTheEnd();
        Assert.Equal(DeploymentState.Successful, scenario.Deployment.State);
    }

    [Fact]
    public void VersionThatRanBefore_GetsNoDeploymentForALostAllocation()
    {
        var scenario = Settled();
        var before = scenario.Deployment;
        scenario.Silence(scenario.Live[0].NodeId);

        var result = scenario.Step();

        Assert.Single(result.Place);
        Assert.Same(before, scenario.Deployment);
        Assert.False(result.Place[0].InDeployment);
    }

    [Fact]
    public void DeploymentWithNothingPlacedYet_IsGoneOnWith()
    {
        var scenario = Settled();
        scenario.SubmitNew();
        var row = scenario.Look().Deployment! with { Id = "written-before-the-host-died" };
        scenario.Deployment = row;

        var result = scenario.Step();

        Assert.Single(result.Place);
        Assert.Equal("written-before-the-host-died", scenario.Deployment!.Id);
        Assert.Equal(row.Id, scenario.Live.Single(static state => state.JobVersion == 1).DeploymentId);
    }

    [Fact]
    public void NoProgressUntilTheDeadline_FailsAndAsksForTheVersionBefore()
    {
        var scenario = Settled(3, OneByOne with { AutoRevert = true });
        scenario.SubmitNew();
        scenario.Step();
        scenario.Step();
        scenario.Now = scenario.Look().FollowUpAt!.Value;

        var result = scenario.Step();

        Assert.Equal(DeploymentState.Failed, result.Deployment!.State);
        Assert.Equal(DeploymentDescriptions.FailedProgress, result.Deployment.Description);
        Assert.True(result.Revert);
        Assert.Empty(result.Stop);

        scenario.Submit(static group => group with { Definition = "v0" });
        var reverted = scenario.Step();
        Assert.False(reverted.Revert);
        Assert.Equal(2, reverted.InPlace.Count);
    }

    [Fact]
    public void HealthyAllocation_MovesTheDeadline()
    {
        var scenario = Settled();
        scenario.SubmitNew();
        scenario.Step();
        scenario.Now += TimeSpan.FromMinutes(9);
        scenario.AllWell();

        scenario.Step();

        Assert.Equal(scenario.Now.AddMinutes(10), scenario.Deployment!.Groups["web"].RequireProgressBy);
    }

    [Fact]
    public void UnhealthyOne_StopsTheRollOutAndWithoutDeadlineFailsIt()
    {
        var patient = Settled();
        patient.SubmitNew();
        patient.Step();
        patient.Report(patient.Live.Single(static state => state.JobVersion == 1), RunState.Running, healthy: false);
        Assert.Empty(patient.Step().Stop);
        Assert.Equal(DeploymentState.Running, patient.Deployment!.State);

        var strict = Settled(3, OneByOne with { ProgressDeadline = null });
        strict.SubmitNew();
        strict.Step();
        strict.Report(strict.Live.Single(static state => state.JobVersion == 1), RunState.Running, healthy: false);
        Assert.Equal(DeploymentDescriptions.FailedUnhealthy, strict.Step().Deployment!.Description);
    }

    [Fact]
    public void FailedOneOfTheDeployment_IsRescheduledWhileItGoesOnAndNotAfter()
    {
        var scenario = Settled();
        scenario.SubmitNew();
        scenario.Step();
        scenario.Report(scenario.Live.Single(static state => state.JobVersion == 1), RunState.Failed, healthy: false);
        Assert.Single(scenario.Step().FollowUp);
        scenario.Now += TimeSpan.FromSeconds(30);
        Assert.Equal(Reasons.Rescheduled, Assert.Single(scenario.Step().Place).Reason);

        scenario.Report(scenario.Live.Single(static state => state.JobVersion == 1), RunState.Failed, healthy: false);
        scenario.Now += TimeSpan.FromMinutes(20);
        var result = scenario.Step();
        Assert.Equal(DeploymentState.Failed, result.Deployment!.State);
        Assert.Equal(Reasons.DeploymentFailed, Assert.Single(result.GivenUp).Reason);
        Assert.Empty(result.Place);
    }

    [Fact]
    public void FailedDeployment_KeepsUpWhatTheOldVersionLost()
    {
        var scenario = Settled(3, OneByOne with { ProgressDeadline = null });
        scenario.SubmitNew();
        scenario.Step();
        scenario.Report(scenario.Live.Single(static state => state.JobVersion == 1), RunState.Running, healthy: false);
        scenario.Step();
        scenario.Silence(scenario.Live.First(static state => state.JobVersion == 0).NodeId);

        var place = Assert.Single(scenario.Look().Place);
        Assert.Equal((0, "v0", false), (place.Older!.Version, place.Group.Definition, place.InDeployment));

        scenario.Older = null;
        Assert.Equal("v1", Assert.Single(scenario.Look().Place).Group.Definition);
    }

    [Fact]
    public void WhatIsKeptUp_WaitsForItsAgentToStopIt_AsItsOwnVersionSays()
    {
        var scenario = With(Service(Group(count: 3, update: OneByOne with { ProgressDeadline = null }) with { StopsAfter = TimeSpan.FromSeconds(65) }));
        scenario.RunToTheEnd();
        scenario.Submit(static group => group with { Definition = "v1", StopsAfter = null });
        scenario.Step();
        scenario.Report(scenario.Live.Single(static state => state.JobVersion == 1), RunState.Running, healthy: false);
        scenario.Step();

        scenario.Silence(scenario.Live.First(static state => state.JobVersion == 0).NodeId);
        Assert.Empty(scenario.Step().Place);
        scenario.Now += TimeSpan.FromSeconds(66);
        Assert.Equal(0, Assert.Single(scenario.Look().Place).Older!.Version);
    }

    [Fact]
    public void Paused_NothingIsUpdatedAndTheClockStands()
    {
        var scenario = Settled();
        scenario.SubmitNew();
        scenario.Step();
        scenario.AllWell();
        scenario.Deployment = scenario.Deployment! with { State = DeploymentState.Paused };

        Assert.Empty(scenario.Step().Stop);
        scenario.Now += TimeSpan.FromHours(1);
        Assert.Empty(scenario.Step().Stop);
        Assert.Equal(DeploymentState.Paused, scenario.Deployment.State);

        scenario.Silence(scenario.Live.First(static state => state.JobVersion == 0).NodeId);
        Assert.Single(scenario.Step().Place);

        scenario.Deployment = scenario.Deployment with { State = DeploymentState.Running };
        scenario.RunToTheEnd();
        Assert.Equal(DeploymentState.Successful, scenario.Deployment!.State);
        Assert.All(scenario.Live, static state => Assert.Equal(1, state.JobVersion));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Paused_WhatTheRollOutStoppedStaysStopped_WhereverItsNodeIs(bool isOpen)
    {
        var scenario = Settled();
        scenario.NoRoom = static _ => true;
        scenario.SubmitNew();
        var stopped = Assert.Single(scenario.Step().Stop).Allocation;
        scenario.AllWell();
        scenario.Deployment = scenario.Deployment! with { State = DeploymentState.Paused };
        scenario.Step();

        scenario.Put(Node(stopped.NodeId, eligible: isOpen));
        Assert.Empty(scenario.Step().Place);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Paused_WhatWasMovedAndFoundNoRoomIsPlaced_WhereverItsNodeIs(bool isOpen)
    {
        var scenario = Settled();
        scenario.SubmitNew();
        scenario.Step();
        scenario.AllWell();
        scenario.Deployment = scenario.Deployment! with { State = DeploymentState.Paused };
        var moved = scenario.Live.First(static state => state.JobVersion == 0);
        scenario.Put(Node(moved.NodeId, drain: new Drain(scenario.Now, IgnoreSystem: false)));
        scenario.NoRoom = static _ => true;
        Assert.Contains(scenario.Step().Stop, item => item.Allocation.Id == moved.Id);
        scenario.AllWell();

        scenario.Put(Node(moved.NodeId, eligible: isOpen));
        Assert.Equal(0, Assert.Single(scenario.Step().Place, item => item.Index == moved.Index).Older?.Version);
    }

    [Fact]
    public void NothingFindsRoom_TheDeploymentWaits()
    {
        var scenario = With(Service(Group(update: OneByOne)));
        scenario.NoRoom = static _ => true;
        scenario.Step();
        scenario.Now += TimeSpan.FromHours(1);
        Assert.Single(scenario.Step().Place);
        Assert.Equal(DeploymentState.Running, scenario.Deployment!.State);
        scenario.NoRoom = static _ => false;
        scenario.RunToTheEnd();
        Assert.Equal(DeploymentState.Successful, scenario.Deployment!.State);
    }

    [Fact]
    public void NewerVersion_CancelsTheDeployment_AndSoDoesStopping()
    {
        var scenario = Settled();
        scenario.SubmitNew();
        scenario.Step();
        scenario.SubmitNew();
        scenario.Step();
        Assert.Equal(DeploymentDescriptions.NewerVersion, Assert.Single(scenario.Superseded).Description);
        Assert.Equal((2L, DeploymentState.Running), (scenario.Deployment!.JobVersion, scenario.Deployment.State));

        scenario.Job = scenario.Job! with { Version = 3, Stopped = true };
        Assert.Equal(DeploymentDescriptions.JobStopped, scenario.Step().Deployment!.Description);
        Assert.Null(scenario.Step().Deployment);
    }

    [Fact]
    public void GroupWithoutUpdateBlock_IsReplacedAtOnceWithoutDeployment()
    {
        var scenario = With(Service(Group(count: 3)));
        scenario.RunToTheEnd();
        scenario.SubmitNew();
        var result = scenario.Step();
        Assert.Equal((3, 3), (result.Stop.Count, result.Place.Count));
        Assert.Null(scenario.Deployment);
    }
}
