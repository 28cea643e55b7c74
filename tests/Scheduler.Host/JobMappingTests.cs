using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Mapping;

namespace Saas.Scheduler.Host.Tests;

/// <summary>What agents get of the whole job, in its groups.</summary>
public sealed class JobMappingTests
{
    [Fact]
    public void ToSpec_ADispatchedJob_GivesItsGroupsPayloadAndMeta()
    {
        var job = new Job
        {
            Dispatched = true,
            Payload = "aGVsbG8=",
            Meta = new Dictionary<string, string> { ["day"] = "monday", ["plant"] = "north" },
            ParameterizedJob = new ParameterizedJobConfig { MetaRequired = ["day"], MetaOptional = ["plant", "shift"] },
        };

        var group = Assigned(job, new Dictionary<string, string> { ["plant"] = "south" });

        Assert.Equal("aGVsbG8=", group.Payload);
        Assert.Equal(["day=monday", "plant=south", "shift="], group.Meta!.Select(static entry => $"{entry.Key}={entry.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ToSpec_AJobThatSaysNothing_GivesItsGroupsAsTheyAre()
    {
        var group = Assigned(new Job(), meta: null);

        Assert.Equal((null, null), (group.Payload, group.Meta));
    }

    private static TaskGroup Assigned(Job job, Dictionary<string, string>? meta)
    {
        var record = new JobRecord
        {
            ProjectId = TestPlatform.ProjectId,
            Region = TestPlatform.Region,
            Job = job with { ID = "report", Type = JobTypes.Batch, TaskGroups = [TestPlatform.Group() with { Name = "main", Meta = meta }] },
            Version = 0,
            CreateIndex = 1,
            ModifyIndex = 1,
            JobModifyIndex = 1,
            SubmittedAt = DateTimeOffset.UnixEpoch,
        };
        var groups = new GroupCatalog();
        JobMapping.ToSpec(record, groups);
        return groups.Find(new JobVersionKey(JobMapping.KeyOf(record), 0), "main")!.Group;
    }
}
