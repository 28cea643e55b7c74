using Saas.Cluster.Jobs;
using Saas.Contracts.Jobs;

namespace Saas.Cluster.Tests.Jobs;

public sealed class ChildJobsTests
{
    private static readonly DateTimeOffset Launch = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);

    private static readonly Job Specification = new()
    {
        ID = "report",
        Name = "Report",
        Type = "batch",
        Priority = 50,
        TaskGroups = [new TaskGroup { Name = "group", Count = 2 }],
        Meta = new Dictionary<string, string> { ["kept"] = "parent", ["changed"] = "parent" },
        Stop = true,
    };

    private static readonly JobRecord PeriodicParent =
        JobRecords.Of(Specification with { Periodic = new PeriodicConfig { Enabled = true, Spec = "@daily" } }) with { Purge = true };

    private static readonly JobRecord ParameterizedParent =
        JobRecords.Of(Specification with { ParameterizedJob = new ParameterizedJobConfig { Payload = PayloadRules.Optional } });

    [Fact]
    public void Periodic_OfALaunch_IsANewJobWithItsParentsSpecification()
    {
        var child = ChildJobs.Periodic(PeriodicParent, Launch);
        Assert.Equal(NewRow(child.Job), child);
        Assert.False(child.IsParent);
        Assert.Equal(
            Specification with { ID = "report/periodic-1780000000", Name = "report/periodic-1780000000", ParentID = "report", Stop = false },
            child.Job);
    }

    [Fact]
    public void Periodic_DerivedTwice_IsTheSameRow() =>
        Assert.Equal(ChildJobs.Periodic(PeriodicParent, Launch), ChildJobs.Periodic(PeriodicParent, Launch.ToOffset(TimeSpan.FromHours(2))));

    [Fact]
    public void Dispatched_WithPayloadAndMeta_HasBothAndItsParentsRules()
    {
        var child = ChildJobs.Dispatched(
            ParameterizedParent,
            ChildJobs.DispatchId("report", "", Launch, "000000ab"),
            priority: 70,
            new Dictionary<string, string> { ["changed"] = "dispatch", ["new"] = "dispatch" },
            payload: "cGF5bG9hZA==",
            token: "token");

        Assert.Equal(NewRow(child.Job), child);
        Assert.False(child.IsParent);
        Assert.Equal("report/dispatch-1780000000-000000ab", child.Job.ID);
        Assert.Equal(child.Job.ID, child.Job.Name);
        Assert.Equal("report", child.Job.ParentID);
        Assert.True(child.Job.Dispatched);
        Assert.Equal(70, child.Job.Priority);
        Assert.Equal(ParameterizedParent.Job.ParameterizedJob, child.Job.ParameterizedJob);
        Assert.Equal("cGF5bG9hZA==", child.Job.Payload);
        Assert.Equal("token", child.Job.DispatchIdempotencyToken);
        Assert.Equal(
            new Dictionary<string, string> { ["kept"] = "parent", ["changed"] = "dispatch", ["new"] = "dispatch" }, child.Job.Meta);
        Assert.Equal("parent", ParameterizedParent.Job.Meta!["changed"]);
        Assert.False(child.Job.Stop);
    }

    [Fact]
    public void Ids_OfTheLongestParent_AreJobIds()
    {
        var parent = new string('a', 96);
        var last = new DateTimeOffset(2286, 11, 20, 17, 46, 39, TimeSpan.Zero);
        Assert.InRange(ChildJobs.PeriodicId(parent, last).Length, 97, 128);
        Assert.InRange(ChildJobs.DispatchId(parent, "", last, "ffffffff").Length, 97, 128);
    }

    private static JobRecord NewRow(Job job) => new()
    {
        ProjectId = "project",
        Region = "region",
        Job = job,
        Version = 0,
        CreateIndex = 0,
        ModifyIndex = 0,
        JobModifyIndex = 0,
        SubmittedAt = default,
    };
}
