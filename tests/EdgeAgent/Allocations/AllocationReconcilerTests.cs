using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Tests.Fakes;

namespace Saas.EdgeAgent.Tests.Allocations;

public sealed class AllocationReconcilerTests
{
    private const WorkloadState Absent = WorkloadState.Absent;
    private const WorkloadState Starting = WorkloadState.Starting;
    private const WorkloadState Running = WorkloadState.Running;
    private const WorkloadState Ended = WorkloadState.Ended;
    private const TaskPhase Pending = TaskPhase.Pending;
    private const TaskPhase Ran = TaskPhase.Running;
    private const TaskPhase Dead = TaskPhase.Dead;

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>row, wanted, job type, phase, restart due in s (null: none waits), workload, exit code → bucket, part of the reason.</summary>
    public static TheoryData<string, string, string, string, int?, string, int?, string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string, string, string, int?, string, int?, string, string>();
            void Row(string name, Wanted wanted, TaskPhase phase, WorkloadState state, string bucket, string reason, int? exit = null, string type = JobTypes.Service, int? dueIn = null) =>
                rows.Add(name, $"{wanted}", type, $"{phase}", dueIn, $"{state}", exit, bucket, reason);

            Row("new", Wanted.Run, Pending, Absent, "Start", "Assigned");
            Row("start was cut off", Wanted.Run, Pending, Starting, "Start", "cut off");
            Row("start was cut off after a run", Wanted.Run, Ran, Starting, "Start", "cut off");
            Row("runs, known", Wanted.Run, Ran, Running, "Ignore", "Runs as assigned");
            Row("runs, agent was killed before it noted so", Wanted.Run, Pending, Running, "Adopt", "Runs already");
            Row("service ended well", Wanted.Run, Ran, Ended, "Restart", "within policy", exit: 0);
            Row("service failed", Wanted.Run, Ran, Ended, "Restart", "within policy", exit: 1);
            Row("service ended before it was noted running", Wanted.Run, Pending, Ended, "Restart", "within policy", exit: 1);
            Row("service is gone", Wanted.Run, Ran, Absent, "Restart", "within policy");
            Row("service's end was not seen", Wanted.Run, Ran, Ended, "Restart", "within policy");
            Row("batch ended well", Wanted.Run, Ran, Ended, "Finish", "Task completed", exit: 0, type: JobTypes.Batch);
            Row("batch failed", Wanted.Run, Ran, Ended, "Restart", "within policy", exit: 9, type: JobTypes.Batch);
            Row("sysbatch ended well", Wanted.Run, Ran, Ended, "Finish", "Task completed", exit: 0, type: JobTypes.SysBatch);
            Row("batch's end was not seen", Wanted.Run, Ran, Ended, "Restart", "within policy", type: JobTypes.Batch);
            Row("restart waits", Wanted.Run, Pending, Absent, "Ignore", "Waits", dueIn: 5);
            Row("restart is due", Wanted.Run, Pending, Absent, "Start", "Assigned", dueIn: 0);
            Row("start failed half-way, retry waits", Wanted.Run, Pending, Starting, "Ignore", "Waits", dueIn: 5);
            Row("start failed, but it came up", Wanted.Run, Pending, Running, "Adopt", "Runs already", dueIn: 5);
            Row("finished, still held by the driver", Wanted.Run, Dead, Ended, "Remove", "finished", exit: 0);
            Row("finished, runs again behind our back", Wanted.Run, Dead, Running, "Stop", "finished");
            Row("finished", Wanted.Run, Dead, Absent, "Ignore", "finished");
            Row("to stop, runs", Wanted.Stop, Ran, Running, "Stop", "job stopped");
            Row("to stop, runs, not noted", Wanted.Stop, Pending, Running, "Stop", "job stopped");
            Row("to stop, start was cut off", Wanted.Stop, Pending, Starting, "Remove", "job stopped");
            Row("to stop, never started", Wanted.Stop, Pending, Absent, "Finish", "job stopped");
            Row("to stop, waits for restart", Wanted.Stop, Pending, Absent, "Finish", "job stopped", dueIn: 60);
            Row("to stop, was killed", Wanted.Stop, Ran, Ended, "Finish", "job stopped", exit: 137);
            Row("to stop, ended by itself", Wanted.Stop, Ran, Ended, "Finish", "job stopped", exit: 1);
            Row("to stop, finished", Wanted.Stop, Dead, Absent, "Ignore", "finished");
            Row("not assigned any more, runs", Wanted.Gone, Ran, Running, "Stop", "Not assigned");
            Row("not assigned any more, ended", Wanted.Gone, Ran, Ended, "Finish", "Not assigned", exit: 0);
            Row("not assigned any more, finished, held", Wanted.Gone, Dead, Ended, "Remove", "finished", exit: 0);
            Row("no assignment seen, runs", Wanted.Unknown, Ran, Running, "Ignore", "No assignment");
            Row("no assignment seen, ended", Wanted.Unknown, Ran, Ended, "Ignore", "No assignment", exit: 1);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Plan_OneTask_IsInOneBucket(
        string row, string wanted, string jobType, string phase, int? dueInSeconds, string state, int? exitCode, string bucket, string reason)
    {
        var record = Record(jobType);
        record = record.With(record.Tasks[0] with
        {
            Phase = Enum.Parse<TaskPhase>(phase), NotBefore = dueInSeconds is { } due ? Now.AddSeconds(due) : null,
        });
        var workload = Workload(record, Enum.Parse<WorkloadState>(state), exitCode);

        var plan = AllocationReconciler.Plan(Enum.Parse<Wanted>(wanted), new ObservedAllocation(record, [workload]), Now);

        var (name, action) = Assert.Single(Buckets(plan));
        Assert.Equal((row, bucket), (row, name));
        Assert.Contains(reason, action.Reason, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, int?, string> AskedRestarts => new()
    {
        { "runs", "Running", null, "Stop" },
        { "was stopped for it", "Ended", 143, "Restart" },
        { "ended by itself meanwhile, as a batch does", "Ended", 0, "Restart" },
    };

    [Theory]
    [MemberData(nameof(AskedRestarts))]
    public void Plan_RestartAskedFor_EndsTheRunAndCountsForNothing(string row, string state, int? exitCode, string bucket)
    {
        var record = Record(row.Contains("batch", StringComparison.Ordinal) ? JobTypes.Batch : JobTypes.Service);
        var window = new RestartWindow(2, Now.AddMinutes(-1));
        record = record.With(record.Tasks[0] with { Phase = Ran, RestartOfRun = record.Tasks[0].Run, Window = window });

        var plan = AllocationReconciler.Plan(Wanted.Run, new ObservedAllocation(record, [Workload(record, Enum.Parse<WorkloadState>(state), exitCode)]), Now);

        Assert.Equal((row, bucket), (row, Assert.Single(Buckets(plan)).Name));
        if (plan.Restart is [var restart])
        {
            Assert.Equal((window, Now), (restart.Decision.Window, restart.Decision.NotBefore));
        }
    }

    [Fact]
    public void Plan_RestartAskedForAnEarlierRun_MeansNothing()
    {
        var record = Record(JobTypes.Service);
        record = record.With(record.Tasks[0] with { Phase = Ran, Run = 3, RestartOfRun = 2 });

        Assert.Single(AllocationReconciler.Plan(Wanted.Run, new ObservedAllocation(record, [Workload(record, Running, null)]), Now).Ignore);
        Assert.Single(AllocationReconciler.Plan(Wanted.Stop, new ObservedAllocation(record, [Workload(record, Running, null)]), Now).Stop);
    }

    public static TheoryData<string, string, string> Strays => new()
    {
        { "orphan runs", "Running", "Stop" },
        { "orphan ended", "Ended", "Remove" },
        { "orphan was about to start", "Starting", "Remove" },
        { "orphan is gone", "Absent", "Ignore" },
    };

    [Theory]
    [MemberData(nameof(Strays))]
    public void Plan_WorkloadOfUnknownAllocation_IsStoppedAndRemoved(string row, string state, string bucket)
    {
        var orphan = Workload(Record(JobTypes.Service), Enum.Parse<WorkloadState>(state), null);

        var plan = AllocationReconciler.Plan(Wanted.Gone, new ObservedAllocation(null, [orphan]), Now);

        Assert.Equal((row, bucket), (row, Assert.Single(Buckets(plan)).Name));
    }

    [Fact]
    public void Plan_OrphanBeforeAnyAssignment_IsLeftAlone()
    {
        var orphan = Workload(Record(JobTypes.Service), Running, null);

        Assert.False(AllocationReconciler.Plan(Wanted.Unknown, new ObservedAllocation(null, [orphan]), Now).HasActions);
    }

    [Fact]
    public void Plan_EarlierRunStillThere_IsStoppedWhileThePresentOneGoesOn()
    {
        var record = Record(JobTypes.Service);
        record = record.With(record.Tasks[0] with { Run = 2, Phase = Ran, StaleRuns = [1] });
        var present = Workload(record, Running, null);
        var earlier = present with { Id = present.Id with { Run = 1 } };

        var plan = AllocationReconciler.Plan(Wanted.Run, new ObservedAllocation(record, [present, earlier]), Now);

        Assert.Equal(earlier, Assert.Single(plan.Stop).Workload);
        Assert.Equal(present, Assert.Single(plan.Ignore).Workload);
    }

    [Fact]
    public void Plan_SiblingFailedForGood_StopsTheOthers()
    {
        var assigned = Assignments.Of(JobTypes.Service, null, Assignments.Task("one", "a"), Assignments.Task("two", "b"));
        var record = AllocationRecord.New(assigned, Now);
        record = record.With(record.Task("one") with { Phase = Dead, Failed = true }).With(record.Task("two") with { Phase = Ran });
        var other = new ObservedWorkload(new WorkloadId(assigned.Id, "two", 0), DriverNames.Exec, new WorkloadStatus(Running));

        var plan = AllocationReconciler.Plan(Wanted.Run, new ObservedAllocation(record, [other]), Now);

        Assert.Equal("Sibling task one failed", Assert.Single(plan.Stop).Reason);
    }

    [Fact]
    public void Plan_AttemptsUsedUp_Fails()
    {
        var record = Record(JobTypes.Service);
        record = record.With(record.Tasks[0] with { Phase = Ran, Window = new RestartWindow(2, Now.AddMinutes(-1)) });

        var plan = AllocationReconciler.Plan(Wanted.Run, new ObservedAllocation(record, [Workload(record, Ended, 1)]), Now);

        Assert.Equal(RestartVerdict.Fail, Assert.Single(plan.Finish).Decision.Verdict);
    }

    [Theory]
    [InlineData("Absent")]
    [InlineData("Starting")]
    public void Plan_WhatItFollowsHasNotEnded_StartsNothing(string state)
    {
        var record = Record(JobTypes.Service);
        var observed = new ObservedAllocation(record, [Workload(record, Enum.Parse<WorkloadState>(state), null)]) { WaitsFor = "alloc_a" };

        var plan = AllocationReconciler.Plan(Wanted.Run, observed, Now);

        Assert.False(plan.HasActions);
        Assert.Equal("Waits for alloc_a to end", Assert.Single(plan.Ignore).Reason);
        Assert.Single(AllocationReconciler.Plan(Wanted.Stop, observed with { Workloads = [Workload(record, Absent, null)] }, Now).Finish);
    }

    [Fact]
    public void Plan_WhatItFollowsHasNotEndedAndItRunsAlready_IsLeftRunning()
    {
        var record = Record(JobTypes.Service);

        var plan = AllocationReconciler.Plan(
            Wanted.Run, new ObservedAllocation(record, [Workload(record, Running, null)]) { WaitsFor = "alloc_a" }, Now);

        Assert.Single(plan.Adopt);
    }

    [Fact]
    public void Plan_EvictedWithoutAWord_SaysWhatItIs()
    {
        var record = Record(JobTypes.Service);
        record = record with { Assigned = record.Assigned with { DesiredStatus = DesiredStatus.Evict, DesiredDescription = "" } };
        record = record.With(record.Tasks[0] with { Phase = Ran });

        var plan = AllocationReconciler.Plan(Wanted.Stop, new ObservedAllocation(record, [Workload(record, Running, null)]), Now);

        Assert.Equal("Evicted for a job of higher priority", Assert.Single(plan.Stop).Reason);
    }

    [Fact]
    public void Plan_ItWasCutOff_IsStoppedThoughItIsWantedAndDoesNotStartAnew()
    {
        var record = Record(JobTypes.Service) with { CutOff = "The control plane was not reached for 60 s" };
        record = record.With(record.Tasks[0] with { Phase = Ran });

        var stop = AllocationReconciler.Plan(Wanted.Run, new ObservedAllocation(record, [Workload(record, Running, null)]), Now);
        var end = AllocationReconciler.Plan(Wanted.Run, new ObservedAllocation(record, [Workload(record, Ended, 143)]), Now);

        Assert.Equal("The control plane was not reached for 60 s", Assert.Single(stop.Stop).Reason);
        Assert.Equal(RestartVerdict.Complete, Assert.Single(end.Finish).Decision.Verdict);
    }

    /// <summary>stop after s (0: says nothing), older name, not reached for s, whether it goes on.</summary>
    [Theory]
    [InlineData(0, false, 100_000, true)]
    [InlineData(60, false, 59, true)]
    [InlineData(60, false, 60, false)]
    [InlineData(60, true, 60, false)]
    public void ReasonOf_TheControlPlaneIsNotReached_IsGivenOnlyWhereTheGroupSaysSo(int after, bool isOlderName, int unheard, bool goesOn)
    {
        var assigned = Assignments.Shell("");
        long? nanoseconds = after == 0 ? null : after * 1_000_000_000L;
        assigned = assigned with
        {
            TaskGroup = isOlderName
                ? assigned.TaskGroup with { StopAfterClientDisconnect = nanoseconds }
                : assigned.TaskGroup with { Disconnect = new DisconnectStrategy { StopOnClientAfter = nanoseconds } },
        };

        Assert.Equal(goesOn, StopOnClientAfter.ReasonOf(assigned, TimeSpan.FromSeconds(unheard)) is null);
    }

    private static AllocationRecord Record(string jobType) =>
        AllocationRecord.New(Assignments.Shell("", jobType) with { DesiredDescription = "job stopped" }, Now);

    private static ObservedWorkload Workload(AllocationRecord record, WorkloadState state, int? exitCode) => new(
        new WorkloadId(record.Assigned.Id, "main", record.Tasks[0].Run), DriverNames.Exec, new WorkloadStatus(state, exitCode));

    private static IEnumerable<(string Name, PlannedAction Action)> Buckets(AllocationPlan plan) =>
    [
        .. plan.Start.Select(action => ("Start", action)), .. plan.Restart.Select(action => ("Restart", (PlannedAction)action)),
        .. plan.Finish.Select(action => ("Finish", (PlannedAction)action)), .. plan.Stop.Select(action => ("Stop", action)),
        .. plan.Remove.Select(action => ("Remove", action)), .. plan.Adopt.Select(action => ("Adopt", action)),
        .. plan.Ignore.Select(action => ("Ignore", action)),
    ];
}
