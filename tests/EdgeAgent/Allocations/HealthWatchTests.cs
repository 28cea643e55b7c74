using Microsoft.Extensions.Logging.Abstractions;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.Reports;
using Saas.EdgeAgent.Tests.Fakes;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests.Allocations;

/// <summary>Looks at records on disk, by a clock that the test moves: with a check that passes or not, over restarts of the agent.</summary>
public sealed class HealthWatchTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RecordedServices _services = new();
    private AllocationStore _store;
    private HealthWatch _watch;

    public HealthWatchTests()
    {
        Directory.CreateDirectory(_folder.File("records"));
        (_store, _watch) = Start();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Look_ChecksPassForTheMinimumTime_IsHealthyAndReportedOnce()
    {
        var slot = Running(Allocation());
        var revision = slot.Record.Revision;
        Look(slot, 9);
        Assert.Equal((null, revision), (ReportFormat.Of(slot.Record).Healthy, slot.Record.Revision));

        Look(slot, 1);

        Assert.Equal((true, revision + 1), (ReportFormat.Of(slot.Record).Healthy, slot.Record.Revision));
        _services.Fault = "check up is critical";
        Look(slot, 400);
        Assert.Equal((true, revision + 1), (ReportFormat.Of(slot.Record).Healthy, slot.Record.Revision));
    }

    [Fact]
    public void Look_AnAssignedCheckNeverPasses_IsUnhealthyAtTheDeadlineAndTheTaskSaysWhy()
    {
        _services.Fault = "check up of service web is critical";
        var slot = Running(Allocation());
        Look(slot, 299);
        Assert.Null(ReportFormat.Of(slot.Record).Healthy);

        Look(slot, 1);

        Assert.False(ReportFormat.Of(slot.Record).Healthy);
        var last = slot.Record.Tasks[0].Events[^1];
        Assert.Equal(("Alloc Unhealthy", "Not healthy within 300 s: check up of service web is critical"), (last.Type, last.Message));
    }

    [Fact]
    public void Look_ByTaskStates_AsksForNoChecks()
    {
        _services.Fault = "check up is critical";
        var slot = Running(Allocation(new UpdateStrategy { HealthCheck = HealthChecks.TaskStates }));

        Look(slot, 10);

        Assert.True(ReportFormat.Of(slot.Record).Healthy);
    }

    [Fact]
    public void Look_ByHand_NeverDecides()
    {
        var slot = Running(Allocation(new UpdateStrategy { HealthCheck = HealthChecks.Manual }) with { DeploymentId = "dep_1" });

        Look(slot, 1000);

        Assert.Null(ReportFormat.Of(slot.Record).Healthy);
        Assert.Null(slot.Record.Health);
    }

    [Fact]
    public void Look_TheClockIsSetAheadByADay_MakesNothingUnhealthyAndNothingHealthy()
    {
        _services.Fault = "check up is critical";
        var slot = Running(Allocation());
        Look(slot, 5);

        _time.JumpTo(_time.GetUtcNow().AddDays(1));
        Look(slot, 5);

        Assert.Null(ReportFormat.Of(slot.Record).Healthy);
    }

    [Fact]
    public void Look_TheAgentIsKilledAgainAndAgain_TheDeadlineGoesOnAndStrikes()
    {
        _services.Fault = "check up is critical";
        var slot = Running(Allocation());
        for (var life = 0; life < 14; life++)
        {
            Look(slot, 21);
            Assert.Null(ReportFormat.Of(slot.Record).Healthy);
            slot = Restart(slot);
            Assert.Equal(TimeSpan.FromSeconds(20 * (life + 1)), slot.Record.Health!.Watched);
        }

        Look(slot, 20);

        Assert.False(ReportFormat.Of(slot.Record).Healthy);
    }

    [Fact]
    public void Look_TheAgentIsKilledAfterItWasHealthy_TellsTheSameThoughItIsIllNow()
    {
        var slot = Running(Allocation());
        Look(slot, 10);
        slot = Restart(slot);
        _services.Fault = "check up is critical";

        Look(slot, 400);

        Assert.True(ReportFormat.Of(slot.Record).Healthy);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Look_UnhealthyAndThenUpdatedForAnotherDeployment_BeginsAnewAndIsHealthy(bool isKilledBetween)
    {
        _services.Fault = "check up is critical";
        var allocation = Allocation() with { DeploymentId = "dep_1" };
        var slot = Running(allocation);
        Look(slot, 300);
        Assert.Equal((false, "dep_1"), Told(slot));

        slot.Assign(allocation with { DeploymentId = "dep_2" });
        Assert.Equal((null, "dep_2"), Told(slot));
        Look(slot, 5);
        slot = isKilledBetween ? Restart(slot) : slot;
        Assert.Equal(new HealthRecord(TimeSpan.Zero, null, "dep_2"), slot.Record.Health);
        _services.Fault = null;
        Look(slot, 9);
        Assert.Equal((null, "dep_2"), Told(slot));
        Look(slot, 1);

        Assert.Equal((true, "dep_2"), Told(slot));
        Assert.Equal((true, "dep_2"), Told(Restart(slot)));
    }

    [Fact]
    public void Look_HealthyAndThenUpdatedForAnotherDeployment_HasItsWholeDeadlineAndNoMore()
    {
        var allocation = Allocation() with { DeploymentId = "dep_1" };
        var slot = Running(allocation);
        Look(slot, 10);
        Assert.Equal((true, "dep_1"), Told(slot));

        slot.Assign(allocation with { DeploymentId = "dep_2" });
        slot = Restart(slot);
        _services.Fault = "check up is critical";
        Look(slot, 299);
        Assert.Equal((null, "dep_2"), Told(slot));
        Look(slot, 1);

        Assert.Equal((false, "dep_2"), Told(slot));
    }

    [Fact]
    public void Look_AnotherDeploymentWhileItIsWatched_BeginsTheMinimumTimeAnew()
    {
        var allocation = Allocation() with { DeploymentId = "dep_1" };
        var slot = Running(allocation);
        Look(slot, 9);

        slot.Assign(allocation with { DeploymentId = "dep_2" });
        Look(slot, 9);
        Assert.Equal((null, "dep_2"), Told(slot));
        Look(slot, 1);

        Assert.Equal((true, "dep_2"), Told(slot));
    }

    private static (bool? Healthy, string? DeploymentId) Told(AllocationSlot slot)
    {
        var report = ReportFormat.Of(slot.Record);
        return (report.Healthy, report.DeploymentId);
    }

    /// <summary>The agent is killed; the next one goes on by what is on disk.</summary>
    private AllocationSlot Restart(AllocationSlot slot)
    {
        (_store, _watch) = Start();
        return _store.Find(slot.Record.Assigned.Id)!;
    }

    private (AllocationStore, HealthWatch) Start() =>
        (new AllocationStore(_folder.File("records"), _time), new HealthWatch(_services, _time, NullLogger.Instance));

    /// <summary>Each second, as the loop does; the first look begins.</summary>
    private void Look(AllocationSlot slot, int seconds)
    {
        _watch.Look(slot);
        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _watch.Look(slot);
        }
    }

    private AllocationSlot Running(AssignedAllocation allocation)
    {
        var slot = _store.GetOrCreate(allocation, []);
        slot.Change(record => record.With(TaskTransitions.Started(record.Tasks[0], _time.GetUtcNow(), null)));
        return slot;
    }

    private static AssignedAllocation Allocation(UpdateStrategy? update = null)
    {
        var allocation = Assignments.Shell("");
        return allocation with { TaskGroup = allocation.TaskGroup with { Update = update } };
    }
}
