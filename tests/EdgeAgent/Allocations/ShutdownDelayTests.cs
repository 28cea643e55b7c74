using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Tests.Fakes;

namespace Saas.EdgeAgent.Tests.Allocations;

/// <summary>What the reconciler makes of a task with a shutdown delay that is to be stopped.</summary>
public sealed class ShutdownDelayTests
{
    private const long Second = 1_000_000_000;

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData(0L, 0L, 0)]
    [InlineData(5 * Second, null, 5)]
    [InlineData(5 * Second, 2 * Second, 7)]
    [InlineData(-1L, long.MaxValue, 3600)]
    public void Of_GroupAndTask_FollowEachOther(long? group, long? task, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), ShutdownDelay.Of(Record(group, task).Assigned, "main"));

    /// <summary>row, seconds of delay, due in s (null: not begun), bucket.</summary>
    public static TheoryData<string, int, int?, string> Rows => new()
    {
        { "no delay", 0, null, "Stop" },
        { "has to begin", 30, null, "Withdraw" },
        { "has begun", 30, 30, "Linger" },
        { "is nearly over", 30, 1, "Linger" },
        { "is over", 30, 0, "Stop" },
        { "is long over: the agent was away", 30, -600, "Stop" },
        { "ends later than it could: the clock was set back", 30, 31, "Withdraw" },
        { "was shortened", 5, 30, "Withdraw" },
        { "was taken away", 0, 30, "Withdraw" },
        { "was lengthened: what began is not prolonged", 300, 1, "Linger" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Plan_ARunningTaskIsToBeStopped_WaitsForItsDelay(string row, int seconds, int? dueIn, string bucket)
    {
        var record = Record(seconds * Second, null);
        record = record.With(record.Tasks[0] with { Phase = TaskPhase.Running, StopNotBefore = dueIn is { } due ? Now.AddSeconds(due) : null });

        foreach (var wanted in (Wanted[])[Wanted.Stop, Wanted.Gone])
        {
            Assert.Equal((row, bucket), (row, BucketOf(Plan(record, WorkloadState.Running, wanted))));
        }
    }

    [Fact]
    public void Plan_ItEndsMeanwhile_IsFinishedAtOnce()
    {
        var record = Record(30 * Second, null);
        record = record.With(record.Tasks[0] with { Phase = TaskPhase.Running, StopNotBefore = Now.AddSeconds(20) });

        Assert.Single(Plan(record, WorkloadState.Ended, Wanted.Stop).Finish);
    }

    [Fact]
    public void Plan_IsWantedAgain_IsAdoptedAndADelayBeginsAnewNextTime()
    {
        var record = Record(30 * Second, null);
        var task = TaskTransitions.Withdrawn(record.Tasks[0] with { Phase = TaskPhase.Running }, TimeSpan.FromSeconds(30), Now);
        Assert.Equal(Now.AddSeconds(30), task.StopNotBefore);

        Assert.Single(Plan(record.With(task), WorkloadState.Running, Wanted.Run).Adopt);
        Assert.Null(TaskTransitions.Started(task, Now, "Found running by the agent").StopNotBefore);
    }

    [Fact]
    public void Plan_AnEarlierRun_HasNoDelay()
    {
        var record = Record(30 * Second, null);
        record = record.With(record.Tasks[0] with { Run = 1, Phase = TaskPhase.Running, StaleRuns = [0] });
        var earlier = new ObservedWorkload(new WorkloadId(record.Assigned.Id, "main", 0), DriverNames.Exec, new WorkloadStatus(WorkloadState.Running));

        Assert.Single(AllocationReconciler.Plan(Wanted.Run, new ObservedAllocation(record, [earlier]), Now).Stop);
    }

    private static AllocationPlan Plan(AllocationRecord record, WorkloadState state, Wanted wanted) => AllocationReconciler.Plan(
        wanted,
        new ObservedAllocation(record, [new ObservedWorkload(new WorkloadId(record.Assigned.Id, "main", 0), DriverNames.Exec, new WorkloadStatus(state))]),
        Now);

    private static string BucketOf(AllocationPlan plan) => (plan.Stop.Count, plan.Withdraw.Count, plan.Linger.Count) switch
    {
        (1, 0, 0) => "Stop",
        (0, 1, 0) => "Withdraw",
        (0, 0, 1) => "Linger",
        _ => "several",
    };

    private static AllocationRecord Record(long? group, long? task)
    {
        var allocation = Assignments.Shell("");
        return AllocationRecord.New(
            allocation with
            {
                TaskGroup = allocation.TaskGroup with
                {
                    ShutdownDelay = group, Tasks = [allocation.TaskGroup.Tasks![0] with { ShutdownDelay = task }],
                },
            },
            Now);
    }
}
