using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Tests.Shared;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Tests.Jobs;

/// <summary>What an accepted job says that its submission did not: Nomad's values by the type of the job.</summary>
public sealed class JobDefaultsTests(BadJobTests.Host host) : IClassFixture<BadJobTests.Host>
{
    private const long Second = 1_000_000_000;

    [Fact]
    public async Task ServiceJob_WithoutBlocks_HasNomadsUpdateMigrateAndReschedule()
    {
        var job = await SubmitAsync("service-defaults", "", "");

        var group = job.TaskGroups![0];
        Assert.Equal(
            new UpdateStrategy
            {
                Stagger = 30 * Second, MaxParallel = 1, HealthCheck = "checks", MinHealthyTime = 10 * Second, HealthyDeadline = 300 * Second,
                ProgressDeadline = 600 * Second, AutoRevert = false, AutoPromote = false, Canary = 0,
            },
            group.Update);
        Assert.Equal(group.Update, job.Update);
        Assert.Equal(new MigrateStrategy { MaxParallel = 1, HealthCheck = "checks", MinHealthyTime = 10 * Second, HealthyDeadline = 300 * Second }, group.Migrate);
        Assert.True(group.ReschedulePolicy!.Unlimited);
        Assert.Equal("default", job.NodePool);
        Assert.Null(group.Networks);
        Assert.Null(group.Disconnect);
    }

    [Theory]
    [InlineData("batch", 3, true)]
    [InlineData("sysbatch", 3, false)]
    [InlineData("system", 2, false)]
    public async Task OtherJob_WithoutBlocks_HasNeitherUpdateNorMigrate(string type, int restarts, bool isRescheduled)
    {
        var group = (await SubmitAsync(type + "-defaults", $"\"Type\":\"{type}\",", "")).TaskGroups![0];

        Assert.Null(group.Update);
        Assert.Null(group.Migrate);
        Assert.Equal(restarts, group.RestartPolicy!.Attempts);
        Assert.Equal(isRescheduled, group.ReschedulePolicy is not null);
    }

    [Fact]
    public async Task Update_OfJobAndGroup_IsMergedMemberByMember()
    {
        var job = await SubmitAsync("merged", "\"Update\":{\"MaxParallel\":3,\"MinHealthyTime\":1000000000},", "\"Count\":5,\"Update\":{\"MaxParallel\":2,\"Canary\":1},");

        var update = job.TaskGroups![0].Update!;
        Assert.Equal((2, 1, Second, 300 * Second), (update.MaxParallel, update.Canary, update.MinHealthyTime, update.HealthyDeadline));
        Assert.Equal(3, job.Update!.MaxParallel);
    }

    [Fact]
    public async Task OlderDisconnectMembers_BecomeTheBlock()
    {
        var group = (await SubmitAsync("older", "", "\"MaxClientDisconnect\":60000000000,\"PreventRescheduleOnLost\":true,")).TaskGroups![0];

        Assert.Equal(new DisconnectStrategy { LostAfter = 60 * Second, Replace = false, Reconcile = "best_score" }, group.Disconnect);
        Assert.Null(group.MaxClientDisconnect);
        Assert.Null(group.PreventRescheduleOnLost);
    }

    [Fact]
    public async Task EveryBlock_ReadAndSubmittedAgain_ChangesNothing()
    {
        const string OfGroup = """
            "Affinities":[{"LTarget":"${node.class}","RTarget":"big"}],"Spreads":[{"Attribute":"${node.datacenter}","SpreadTarget":[{"Value":"plant","Percent":60}]}],
            "Networks":[{"ReservedPorts":[{"Label":"admin","Value":9000}],"DynamicPorts":[{"Label":"http"}]}],"Volumes":{"data":{"Type":"host","Source":"ssd"}},
            "Services":[{"Name":"web","PortLabel":"http"}],"Disconnect":{"LostAfter":60000000000},
            """;
        var job = await SubmitAsync("every-block", "\"Meta\":{\"saas.placement\":\"cheapest\",\"saas.burst\":\"cloud\"},", OfGroup);
        Assert.Equal((50, 50), (job.TaskGroups![0].Affinities![0].Weight, job.TaskGroups[0].Spreads![0].Weight));
        Assert.Equal("default", job.TaskGroups[0].Networks![0].DynamicPorts![0].HostNetwork);

        var read = await host.Acme.Client.SendAsync("GET", "/v1/job/every-block");
        var again = await host.Acme.Client.SendAsync("PUT", "/v1/job/every-block", $$"""{"Job":{{read.Text}}}""");

        Assert.True(again.Status == 200, again.ToString());
        Assert.Equal(0, (await host.Acme.Client.GetJsonAsync("/v1/job/every-block")).GetProperty("Version").GetInt64());
    }

    [Fact]
    public async Task Versions_TheNewestSixStay_AndTheNewestStableOne()
    {
        var rows = host.Acme.Scope.JobsOf(host.Acme.ProjectId);
        for (var version = 0; version < 10; version++)
        {
            await SubmitAsync("versions", $"\"Priority\":{version + 1},", "");
            if (version == 1)
            {
                var stable = await rows.GetAsync(ClusterTables.VersionRow("versions", 1), ClusterJson.Default.JobRecord, default);
                var write = TableWrite.Upsert(stable!.Row, TablePartition.Bytes(stable.Value with { Stable = true }, ClusterJson.Default.JobRecord));
                Assert.True((await rows.WriteAsync(write, default)).IsDone);
            }
        }

        var kept = await JobVersions.ListAsync(rows, "versions", default);

        Assert.Equal([9L, 8, 7, 6, 5, 4, 1], kept.Select(record => record.Version));
        Assert.Equal(10, kept[0].Job.Priority);
    }

    [Fact]
    public async Task Put_AnotherTypeOrKind_IsRefused()
    {
        await SubmitAsync("lasting", "\"Type\":\"batch\",", "");

        foreach (var (change, field) in ((string, string)[])[("", "Job.Type"), ("\"Type\":\"batch\",\"ParameterizedJob\":{},", "Job.ParameterizedJob"),
            ("\"Type\":\"batch\",\"Periodic\":{\"Spec\":\"0 0 * * *\"},", "Job.Periodic")])
        {
            var answer = (await host.Acme.Client.SendAsync("PUT", "/v1/jobs", Text("lasting", change, ""))).IsProblem(400, "invalid-request");
            Assert.Equal(field, answer.Json.GetProperty("errors")[0].GetProperty("field").GetString());
        }
    }

    private async Task<Job> SubmitAsync(string id, string ofJob, string ofGroup)
    {
        var answer = await host.Acme.Client.SendAsync("PUT", "/v1/jobs", Text(id, ofJob, ofGroup));
        Assert.True(answer.Status == 200, answer.ToString());
        var row = await host.Acme.Scope.JobsOf(host.Acme.ProjectId).GetAsync(ClusterTables.JobRow(id), ClusterJson.Default.JobRecord, default);
        return row!.Value.Job;
    }

    private static string Text(string id, string ofJob, string ofGroup) => $$$"""
        {"Job":{{{{ofJob}}}"ID":"{{{id}}}","TaskGroups":[{{{{ofGroup}}}"Name":"main","Tasks":[{"Name":"server","Driver":"exec","Config":{"command":"/bin/sleep"}}]}]}}
        """;
}
