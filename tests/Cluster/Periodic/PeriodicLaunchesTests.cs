using System.Globalization;
using Saas.Cluster.Jobs;
using Saas.Cluster.Periodic;
using Saas.Contracts.Jobs;

namespace Saas.Cluster.Tests.Periodic;

public sealed class PeriodicLaunchesTests
{
    private static readonly JobRecord Parent = JobRecords.Of(new Job
    {
        ID = "report",
        Periodic = new PeriodicConfig { Enabled = true, Spec = "0 * * * *", TimeZone = "UTC", ProhibitOverlap = false },
    }) with { SubmittedAt = At("09:30:00"), Version = 3 };

    [Fact]
    public void Decide_BeforeTheFirst_WaitsForIt() =>
        Assert.Equal(new LaunchDecision(null, null, null, At("10:00:00")), Decide(Parent, null, "09:59:59"));

    [Fact]
    public void Decide_AtTheTime_LaunchesAndWaitsForTheNext()
    {
        var decision = Decide(Parent, null, "10:00:00");
        Assert.Equal(At("10:00:00"), decision.Launch);
        Assert.Equal(At("11:00:00"), decision.LookAgainAt);
        Assert.Equal(Decided("10:00:00"), decision.Record);
    }

    [Fact]
    public void Decide_SubmittedOnTheSecondOfALaunch_LeavesThatOneOut() =>
        Assert.Null(Decide(Parent with { SubmittedAt = At("10:00:00") }, null, "10:00:00").Launch);

    [Fact]
    public void Decide_Again_LaunchesNothing()
    {
        var decision = Decide(Parent, Decided("10:00:00"), "10:00:01");
        Assert.Equal(new LaunchDecision(null, null, null, At("11:00:00")), decision);
    }

    [Fact]
    public void Decide_RecordWasNotWrittenBeforeTheCrash_NamesTheSameChild()
    {
        var first = Decide(Parent, null, "10:00:00");
        var repeated = Decide(Parent, null, "10:00:07");
        Assert.Equal(first.Launch, repeated.Launch);
        Assert.Equal(
            ChildJobs.Periodic(Parent, first.Launch!.Value).Job.ID, ChildJobs.Periodic(Parent, repeated.Launch!.Value).Job.ID);
    }

    [Fact]
    public void Decide_AfterAnOutage_MakesTheLastOfThoseMissed()
    {
        var decision = Decide(Parent, Decided("10:00:00"), "15:20:00");
        Assert.Equal(At("15:00:00"), decision.Launch);
        Assert.Equal(At("16:00:00"), decision.LookAgainAt);
        Assert.Equal(new LaunchDecision(null, null, null, At("16:00:00")), Decide(Parent, decision.Record, "15:20:01"));
    }

    [Fact]
    public void Decide_AfterYearsOfSeconds_IsQuickAndMakesTheLast()
    {
        var parent = With(new PeriodicConfig { Spec = "* * * * * * *" });
        Assert.Equal(At("10:00:00").AddYears(30), PeriodicLaunches.Decide(
            parent, Schedule(parent), Decided("10:00:00"), At("10:00:00").AddYears(30).AddMilliseconds(400), childRuns: false).Launch);
    }

    [Fact]
    public void Decide_ChildRunsAndOverlapIsProhibited_LeavesTheLaunchOutForGood()
    {
        var parent = With(Parent.Job.Periodic! with { ProhibitOverlap = true });
        var decision = Decide(parent, Decided("10:00:00"), "11:00:00", childRuns: true);
        Assert.Null(decision.Launch);
        Assert.Equal(At("11:00:00"), decision.Overlapped);
        Assert.Equal(Decided("11:00:00") with { LastLaunch = At("10:00:00") }, decision.Record);

        var ended = Decide(parent, decision.Record, "11:05:00");
        Assert.Equal(new LaunchDecision(null, null, null, At("12:00:00")), ended);
        Assert.Equal(At("12:00:00"), Decide(parent, decision.Record, "12:00:00").Launch);
    }

    [Fact]
    public void Decide_ChildRunsAndOverlapIsAllowed_Launches() =>
        Assert.Equal(At("11:00:00"), Decide(Parent, Decided("10:00:00"), "11:00:00", childRuns: true).Launch);

    [Fact]
    public void Decide_NotToRun_LaunchesNothingAndWaitsForNothing()
    {
        Assert.Equal(default, Decide(Parent with { Job = Parent.Job with { Stop = true } }, null, "12:00:00"));
        Assert.Equal(default, Decide(Parent with { Purge = true }, null, "12:00:00"));
        Assert.Equal(default, Decide(With(Parent.Job.Periodic! with { Enabled = false }), null, "12:00:00"));
    }

    [Fact]
    public void Decide_ChangedSinceTheLastDecision_MakesNothingFromBeforeTheChange()
    {
        var changed = With(new PeriodicConfig { Spec = "15 * * * *" }) with { Version = 4, SubmittedAt = At("14:40:00") };
        Assert.Equal(new LaunchDecision(null, null, null, At("15:15:00")), Decide(changed, Decided("10:00:00"), "14:41:00"));
        Assert.Equal(At("15:15:00"), Decide(changed, Decided("10:00:00"), "15:15:00").Launch);
    }

    [Fact]
    public void Decide_SubmittedAgainUnchanged_StillMakesWhatIsDue() =>
        Assert.Equal(At("11:00:00"), Decide(Parent with { SubmittedAt = At("11:00:01") }, Decided("10:00:00"), "11:00:02").Launch);

    [Fact]
    public void Decide_ChangedWhereClocksDiffer_DoesNotMakeALaunchTwice() =>
        Assert.Null(Decide(Parent with { Version = 4, SubmittedAt = At("10:59:59") }, Decided("11:00:00"), "11:00:01").Launch);

    [Fact]
    public void Decide_ClockIsBehindWhatWasDecided_WaitsForTheOneAfterIt() =>
        Assert.Equal(new LaunchDecision(null, null, null, At("12:00:00")), Decide(Parent, Decided("11:00:00"), "10:59:58"));

    [Fact]
    public void Decide_NoLaunchLeft_WaitsForNothing()
    {
        var parent = With(new PeriodicConfig { Spec = "0 10 1 6 * 2026" });
        var decision = Decide(parent, null, "10:00:00");
        Assert.Equal(At("10:00:00"), decision.Launch);
        Assert.Null(decision.LookAgainAt);
        Assert.Equal(default, Decide(parent, decision.Record, "11:00:00"));
    }

    [Fact]
    public void Decide_SeveralExpressions_LaunchesOnceWhereTheyMeet()
    {
        var parent = With(new PeriodicConfig { Specs = ["0 */2 * * *", "0 */3 * * *"] });
        var launches = new List<DateTimeOffset>();
        PeriodicLaunchRecord? record = null;
        for (var now = At("09:30:00"); now <= At("15:00:00"); now = now.AddMinutes(10))
        {
            var decision = PeriodicLaunches.Decide(parent, Schedule(parent), record, now, childRuns: false);
            launches.AddRange(decision.Launch is { } launch ? [launch] : []);
            record = decision.Record ?? record;
        }

        Assert.Equal([At("10:00:00"), At("12:00:00"), At("14:00:00"), At("15:00:00")], launches);
    }

    [Fact]
    public void Decide_OfAJobThatIsNotPeriodic_Throws() => Assert.Throws<ArgumentException>(() =>
        PeriodicLaunches.Decide(JobRecords.Of(new Job { ID = "a" }), Schedule(Parent), null, At("10:00:00"), childRuns: false));

    [Theory]
    [InlineData("0 * * *", "UTC", "5 fields")]
    [InlineData("0 * * * *", "Europe/Atlantis", "Europe/Atlantis")]
    [InlineData("", "UTC", "at least one")]
    public void Schedule_ThatCannotBeRead_SaysWhy(string spec, string zone, string words)
    {
        Assert.False(PeriodicSchedule.TryCreate(new PeriodicConfig { Spec = spec, TimeZone = zone }, out _, out var error));
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    private static LaunchDecision Decide(JobRecord parent, PeriodicLaunchRecord? record, string now, bool childRuns = false) =>
        PeriodicLaunches.Decide(parent, Schedule(parent), record, At(now), childRuns);

    private static PeriodicSchedule Schedule(JobRecord parent)
    {
        Assert.True(PeriodicSchedule.TryCreate(parent.Job.Periodic!, out var schedule, out var error), error);
        return schedule;
    }

    private static JobRecord With(PeriodicConfig periodic) => Parent with { Job = Parent.Job with { Periodic = periodic } };

    private static PeriodicLaunchRecord Decided(string until) => new()
    {
        ProjectId = Parent.ProjectId,
        JobId = "report",
        Version = 3,
        DecidedUntil = At(until),
        LastLaunch = At(until),
    };

    /// <summary>On the 1st of June 2026.</summary>
    private static DateTimeOffset At(string time) =>
        DateTimeOffset.ParseExact("2026-06-01T" + time, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
