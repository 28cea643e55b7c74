using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.Tests.Fakes;

namespace Saas.EdgeAgent.Tests.Allocations;

public sealed class AllocationHealthTests
{
    private const long Second = 1_000_000_000;

    private static readonly HealthRules Rules = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), true);
    private static readonly HealthLook Well = new(null, 0);
    private static readonly HealthLook Ill = new("task main does not run", 0);

    [Fact]
    public void Next_WellForTheMinimumTime_IsHealthyAndNoSooner()
    {
        var health = After(new AllocationHealth(), Well, 0, 9);
        Assert.Null(health.Healthy);

        Assert.True(health.Next(Rules, Well, TimeSpan.FromSeconds(1)).Healthy);
    }

    [Fact]
    public void Next_ABreak_BeginsTheMinimumTimeAnew()
    {
        var health = After(After(After(new AllocationHealth(), Well, 0, 9), Ill, 1), Well, 1, 9);
        Assert.Null(health.Healthy);

        Assert.True(After(health, Well, 1).Healthy);
    }

    [Fact]
    public void Next_ARestartBetweenTwoLooks_IsABreakThoughAllRunsAgain()
    {
        var restarted = Well with { Restarts = 1 };
        var health = After(After(new AllocationHealth(), Well, 0, 9), restarted, 1, 9);
        Assert.Null(health.Healthy);

        Assert.True(After(health, restarted, 1).Healthy);
    }

    [Fact]
    public void Next_TheDeadlineHasPassed_IsUnhealthyAndSaysWhy()
    {
        var health = After(After(new AllocationHealth(), Ill, 0), Ill, [.. Enumerable.Repeat(1, 59)]);
        Assert.Null(health.Healthy);

        health = After(health, Ill, 1);

        Assert.False(health.Healthy);
        Assert.Equal("Not healthy within 60 s: task main does not run", health.Reason);
    }

    [Fact]
    public void Next_Known_DoesNotChange()
    {
        var healthy = After(new AllocationHealth(), Well, 0, 10);
        Assert.Same(healthy, After(healthy, Ill, 100, 100, 100, 100, 100, 100, 100));
    }

    [Fact]
    public void Next_TheMachineWasFrozenForAnHour_CountsTenSecondsOfIt()
    {
        var health = After(new AllocationHealth(), Ill, 0, 3600);

        Assert.Null(health.Healthy);
        Assert.Equal(TimeSpan.FromSeconds(10), health.Watched);
    }

    [Fact]
    public void Next_AnAgentStartsAfterMostOfTheDeadline_LooksForTheMinimumTimeBeforeItJudges()
    {
        var started = new AllocationHealth { Watched = TimeSpan.FromSeconds(59) };

        Assert.True(After(started, Well, 0, 5, 5).Healthy);
        Assert.Null(After(started, Ill, 0, 5, 4).Healthy);
        Assert.False(After(started, Ill, 0, 5, 5).Healthy);
    }

    /// <summary>row, job type, update's check (null: no block), migrate's check (null: no block), in a deployment → rules.</summary>
    public static TheoryData<string, string, string?, string?, bool, string> Blocks => new()
    {
        { "service without blocks", JobTypes.Service, null, null, false, "10 300 True" },
        { "service by update", JobTypes.Service, HealthChecks.TaskStates, HealthChecks.Checks, true, "7 70 False" },
        { "service by update, no deployment", JobTypes.Service, HealthChecks.TaskStates, HealthChecks.Checks, false, "7 70 False" },
        { "service by update, default check", JobTypes.Service, "", null, true, "7 70 True" },
        { "service by migrate", JobTypes.Service, null, HealthChecks.Checks, false, "8 80 True" },
        { "by hand", JobTypes.Service, HealthChecks.Manual, HealthChecks.Checks, true, "none" },
        { "by hand, no deployment", JobTypes.Service, HealthChecks.Manual, HealthChecks.Checks, false, "8 80 True" },
        { "by hand, no deployment, no migrate", JobTypes.Service, HealthChecks.Manual, null, false, "10 300 True" },
        { "system without blocks", JobTypes.System, null, null, false, "none" },
        { "system by update", JobTypes.System, HealthChecks.Checks, null, false, "7 70 True" },
        { "system by hand", JobTypes.System, HealthChecks.Manual, null, false, "7 70 True" },
        { "batch without blocks", JobTypes.Batch, null, null, false, "none" },
    };

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Of_Blocks(string row, string jobType, string? update, string? migrate, bool isDeployed, string expected)
    {
        var allocation = Assignments.Shell("", jobType);
        var rules = HealthRules.Of(allocation with
        {
            DeploymentId = isDeployed ? "dep_1" : null,
            TaskGroup = allocation.TaskGroup with
            {
                Update = update is null ? null : new UpdateStrategy { HealthCheck = update, MinHealthyTime = 7 * Second, HealthyDeadline = 70 * Second },
                Migrate = migrate is null ? null : new MigrateStrategy { HealthCheck = migrate, MinHealthyTime = 8 * Second, HealthyDeadline = 80 * Second },
            },
        });

        Assert.Equal((row, expected), (row, rules is null ? "none" : $"{rules.MinHealthy.TotalSeconds} {rules.Deadline.TotalSeconds} {rules.NeedsChecks}"));
    }

    [Fact]
    public void Of_ATaskHasFailed_IsUnhealthyInTheSameReport()
    {
        var record = AllocationRecord.New(Assignments.Shell(""), DateTimeOffset.UnixEpoch);
        Assert.Null(AllocationHealth.Of(record));
        var failed = record.With(record.Tasks[0] with { Phase = TaskPhase.Dead, Failed = true });

        Assert.False(Reports.ReportFormat.Of(failed).Healthy);
        Assert.True(Reports.ReportFormat.Of(failed with { Health = new HealthRecord(TimeSpan.Zero, true, null) }).Healthy);
        Assert.Null(AllocationHealth.Of(AllocationRecord.New(Assignments.Shell("", JobTypes.Batch), DateTimeOffset.UnixEpoch)));
    }

    private static AllocationHealth After(AllocationHealth health, HealthLook look, params int[] seconds) =>
        seconds.Aggregate(health, (known, passed) => known.Next(Rules, look, TimeSpan.FromSeconds(passed)));
}
