using Saas.Cluster;
using Saas.Cluster.Trials;
using Saas.Contracts;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Cells;
using Saas.Storage.Tables;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

/// <summary>Plans of jobs that nobody submits.</summary>
public sealed class JobTrialTests : CellScenario
{
    private static readonly UpdateStrategy OneByOne = new()
    {
        MaxParallel = 1, HealthCheck = HealthChecks.TaskStates, MinHealthyTime = 1, HealthyDeadline = 2, ProgressDeadline = 3,
    };

    [Fact]
    public async Task Trial_OfANewJob_TellsWhatWouldBePlacedAndCommitsNothing()
    {
        await Platform.EnrolAsync("node_a", memoryMb: 1000);
        var cell = await OpenAsync();

        var result = await TryAsync(cell, Record(0, Group(count: 5, memoryMb: 300)));

        Assert.Equal(new PlannedUpdates { Place = 5 }, result.Groups["web"]);
        Assert.Equal(2, result.FailedPlacements["web"].Missing);
        Assert.Equal(1, result.FailedPlacements["web"].DimensionExhausted["memory"]);
        Assert.Empty(await Platform.AssignedAsync());
        Assert.Empty(await Platform.EvaluationsAsync());
    }

    [Fact]
    public async Task Trial_OfAnotherVersion_TellsHowEachGroupChanges()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync(groups:
        [
            Group("same", 2), Group("fewer", 3), Group("moved", 1), Group("rolled", 3) with { Update = OneByOne }, Group("gone", 1), Group("canaried", 2) with { Update = OneByOne },
        ]);
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        await RunAllAsync(cell);

        var result = await TryAsync(cell, Record(
            1, Group("same", 2), Group("fewer", 1), Group("moved", 1, command: "other"), Group("rolled", 3, command: "other") with { Update = OneByOne },
            Group("new", 1), Group("canaried", 2, command: "other") with { Update = OneByOne with { Canary = 1 } }));

        Assert.Equal(new PlannedUpdates { InPlaceUpdate = 2 }, result.Groups["same"]);
        Assert.Equal(new PlannedUpdates { InPlaceUpdate = 1, Stop = 2 }, result.Groups["fewer"]);
        Assert.Equal(new PlannedUpdates { DestructiveUpdate = 1 }, result.Groups["moved"]);
        Assert.Equal(new PlannedUpdates { DestructiveUpdate = 1, Ignore = 2 }, result.Groups["rolled"]);
        Assert.Equal(new PlannedUpdates { Stop = 1 }, result.Groups["gone"]);
        Assert.Equal(new PlannedUpdates { Place = 1 }, result.Groups["new"]);
        Assert.Equal(new PlannedUpdates { Canary = 1, Ignore = 2 }, result.Groups["canaried"]);
        Assert.Empty(result.FailedPlacements);
        Assert.All(await Platform.LiveAsync(), static entry => Assert.Equal(0, entry.Allocation.JobVersion));
    }

    [Fact]
    public async Task Trial_OfTheSame_IgnoresWhatRuns()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync(groups: Group(count: 2));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);

        var result = await TryAsync(cell, Platform.Jobs["web"]);

        Assert.Equal(new PlannedUpdates { Ignore = 2 }, result.Groups["web"]);
    }

    [Fact]
    public async Task Trial_ThatNobodyWaitsForAnyMore_IsForgotten()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await TryAsync(cell, Record(0, Group()));
        await BeatAndAdvanceAsync(cell, PlanTrial.Lifetime + TimeSpan.FromSeconds(1), "node_a");

        var second = await AskAsync(Record(0, Group()));
        await cell.WorkAsync([second], CancellationToken.None);

        var page = await Platform.Rows.PlanTrialsOf(Region).QueryAsync(RowRange.All, 10, null, CancellationToken.None);
        Assert.Equal(second.Id, Assert.Single(page.Rows).Row);
    }

    private JobRecord Record(long version, params TaskGroup[] groups) => new()
    {
        ProjectId = ProjectId,
        Region = Region,
        Job = new Job { ID = "web", Type = JobTypes.Service, Priority = 50, Datacenters = ["*"], Constraints = [], Stop = false, TaskGroups = groups },
        Version = version,
        CreateIndex = 1,
        ModifyIndex = 1,
        JobModifyIndex = 1,
        SubmittedAt = Platform.Time.GetUtcNow(),
    };

    private async Task<InboxMessage> AskAsync(JobRecord record)
    {
        var trial = new PlanTrial { Id = EntityId.New("plan", Platform.Time), Record = record, AskedAt = Platform.Time.GetUtcNow() };
        await Platform.Rows.PlanTrialsOf(Region).WriteAsync(
            TableWrite.Insert(trial.Id, TablePartition.Bytes(trial, ClusterJson.Default.PlanTrial)), CancellationToken.None);
        return new InboxMessage(Platform.Tenant.Value, Region, InboxKinds.Plan, null, trial.Id);
    }

    private async Task<PlanTrialResult> TryAsync(Cell cell, JobRecord record)
    {
        var message = await AskAsync(record);
        await cell.WorkAsync([message], CancellationToken.None);
        return (await Platform.Rows.PlanTrialsOf(Region).GetAsync(message.Id, ClusterJson.Default.PlanTrial, CancellationToken.None))!.Value.Result!;
    }

    private async Task RunAllAsync(Cell cell)
    {
        // Roll-outs go on as what they placed turns out well.
        for (var round = 0; round < 10; round++)
        {
            var messages = new List<InboxMessage>();
            foreach (var (nodeId, allocation) in await Platform.LiveAsync())
            {
                await Platform.ReportAsync(nodeId, allocation, ClientStatus.Running, healthy: true);
                messages.Add(Platform.AllocationNews(allocation.Id));
            }

            await cell.WorkAsync(messages, CancellationToken.None);
        }
    }
}
