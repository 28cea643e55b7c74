using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Cells;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

/// <summary>A reign, driven round by round.</summary>
public sealed class CellTests : CellScenario
{
    [Fact]
    public async Task Work_JobSubmitted_CommitsOneDocumentPerNodeAndAnswersTheEvaluation()
    {
        await Platform.EnrolAsync("node_a");
        await Platform.EnrolAsync("node_b");
        var cell = await OpenAsync();
        var evaluation = await Platform.SubmitAsync(groups: Group(count: 3));

        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);

        var live = await Platform.LiveAsync();
        Assert.Equal([0, 1, 2], live.Select(static entry => entry.Allocation.Index).Order());
        Assert.All(live, entry => Assert.Equal(evaluation, entry.Allocation.EvaluationId));
        Assert.All(await Platform.DocumentsAsync(), static document => Assert.Equal((1, 1), (document.Index, document.Epoch)));
        Assert.Equal(EvaluationStatus.Complete, (await Platform.EvaluationAsync(evaluation)).Status);
    }

    [Fact]
    public async Task Work_MessageDoubled_ChangesNothing()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync();
        await cell.WorkAsync([Platform.JobNews(), Platform.JobNews()], CancellationToken.None);
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        Assert.Equal(1, Assert.Single(await Platform.DocumentsAsync()).Index);
        Assert.Single(await Platform.EvaluationsAsync());
    }

    [Fact]
    public async Task Work_MessageLost_IsMadeUpForByTheResync()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync();

        await cell.WorkAsync([], CancellationToken.None);
        Assert.Empty(await Platform.LiveAsync());

        await BeatAndAdvanceAsync(cell, TimeSpan.FromSeconds(31), "node_a");
        Assert.Single(await Platform.LiveAsync());
    }

    [Fact]
    public async Task Work_SubmittedTwiceBeforeOneLook_AnswersTheLaterAndCancelsTheEarlier()
    {
        await Platform.EnrolAsync("node_a");
        var first = await Platform.SubmitAsync();
        var second = await Platform.SubmitAsync(groups: Group(count: 2));
        await OpenAsync();
        Assert.Equal(EvaluationStatus.Cancelled, (await Platform.EvaluationAsync(first)).Status);
        Assert.Equal(EvaluationStatus.Complete, (await Platform.EvaluationAsync(second)).Status);
        Assert.Equal(2, (await Platform.LiveAsync()).Count);
    }

    [Fact]
    public async Task Work_OnlyServicesAndShutdownDelaysChange_GivesThemToWhatRuns()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync(groups: WithService("v1", delay: 0));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var (_, before) = Assert.Single(await Platform.LiveAsync());

        await Platform.SubmitAsync(groups: WithService("v2", delay: 5));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);

        var (_, after) = Assert.Single(await Platform.AssignedAsync());
        Assert.Equal((before.Id, 1, DesiredStatus.Run), (after.Id, after.JobVersion, after.DesiredStatus));
        Assert.Equal(["v2"], after.TaskGroup.Services![0].Tags!);
        Assert.Equal(["v2"], after.TaskGroup.Tasks![0].Services![0].Tags!);
        Assert.Equal((5, 5), (after.TaskGroup.ShutdownDelay, after.TaskGroup.Tasks[0].ShutdownDelay));
    }

    private static TaskGroup WithService(string tag, long delay)
    {
        var group = Group();
        var service = new JobService { Name = "web", PortLabel = "80", Tags = [tag] };
        return group with
        {
            Services = [service],
            ShutdownDelay = delay,
            Tasks = [group.Tasks![0] with { Services = [service], ShutdownDelay = delay }],
        };
    }

    [Fact]
    public async Task Work_NoRoom_IsBlockedUntilANodeJoins()
    {
        await Platform.EnrolAsync("node_a", memoryMb: 100);
        var cell = await OpenAsync();
        var evaluation = await Platform.SubmitAsync();
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);

        var blocked = await Platform.EvaluationAsync(evaluation);
        Assert.Equal(EvaluationStatus.Blocked, blocked.Status);
        Assert.Equal(1, blocked.FailedPlacements["web"].DimensionExhausted["memory"]);

        await Platform.EnrolAsync("node_b");
        await cell.WorkAsync([Platform.NodeNews("node_b")], CancellationToken.None);
        Assert.Equal("node_b", Assert.Single(await Platform.LiveAsync()).NodeId);
        Assert.Equal(EvaluationStatus.Complete, (await Platform.EvaluationAsync(evaluation)).Status);
    }

    [Fact]
    public async Task Work_NoRoom_IsBlockedUntilAnAllocationEnds()
    {
        await Platform.EnrolAsync("node_a", memoryMb: 500);
        var cell = await OpenAsync();
        await Platform.SubmitAsync("first", JobTypes.Batch);
        Platform.Advance(TimeSpan.FromMilliseconds(1)); // ids are ordered by the millisecond
        await Platform.SubmitAsync("second");
        await cell.WorkAsync([Platform.JobNews("first"), Platform.JobNews("second")], CancellationToken.None);
        var (node, allocation) = Assert.Single(await Platform.LiveAsync());
        Assert.Equal("first", allocation.JobId);

        await ReportAsync(cell, node, allocation, ClientStatus.Complete);

        Assert.Equal("second", Assert.Single(await Platform.AssignedAsync()).Allocation.JobId);
    }

    [Fact]
    public async Task Work_CountLowered_StopsAndDropsOnceTheAgentSaysSo()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync(groups: Group(count: 2));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        await Platform.SubmitAsync(groups: Group(count: 1));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);

        var (node, stopping) = Assert.Single(
            await Platform.AssignedAsync(), static entry => entry.Allocation.DesiredStatus == DesiredStatus.Stop);
        Assert.Equal(1, stopping.Index);
        var kept = Assert.Single(await Platform.LiveAsync()).Allocation;
        Assert.Equal((1, 1), (kept.JobVersion, kept.TaskGroup.Count));

        await ReportAsync(cell, node, stopping, ClientStatus.Complete);
        Assert.Equal(kept.Id, Assert.Single(await Platform.AssignedAsync()).Allocation.Id);
    }

    [Fact]
    public async Task Work_NewVersion_ReplacesAndNamesWhatItReplaced()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync();
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var old = Assert.Single(await Platform.LiveAsync()).Allocation;

        await Platform.SubmitAsync(groups: Group(command: "other"));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);

        var replacement = Assert.Single(await Platform.LiveAsync()).Allocation;
        Assert.Equal((old.Id, "other"), (replacement.PreviousAllocation, replacement.TaskGroup.Tasks![0].Env!["COMMAND"]));
        Assert.Equal(2, (await Platform.AssignedAsync()).Count);
    }

    [Fact]
    public async Task Open_AfterACleanEnd_FindsNothingToDo()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync(groups: [Group(count: 3), Group("db")]);
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var before = await Platform.DocumentsAsync();

        await OpenAsync();

        Assert.Equal(before.Select(static d => d.Index), (await Platform.DocumentsAsync()).Select(static d => d.Index));
        Assert.Single(await Platform.EvaluationsAsync());
    }

    [Fact]
    public async Task Work_MoreNodesThanABatchHolds_CommitsThemAll()
    {
        for (var i = 0; i < 150; i++)
        {
            await Platform.EnrolAsync($"node_{i:D3}");
        }

        await Platform.SubmitAsync(groups: Group(count: 150) with { Constraints = [new Constraint { Operand = "distinct_hosts" }] });
        await OpenAsync();
        Assert.Equal(150, (await Platform.LiveAsync()).DistinctBy(static entry => entry.NodeId).Count());
    }

    [Fact]
    public async Task Open_ProjectNotYetDiscovered_DoesNotTakeItsJobsForRemoved()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync();
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);

        var environment = new CellEnvironment(
            Platform.Scope, Platform.Signal, Platform.Time, Platform.Options,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, new ProjectDirectory());
        await Cell.OpenAsync(Platform.Cell, NextEpoch(), environment, CancellationToken.None);

        Assert.Single(await Platform.LiveAsync());
    }

    [Fact]
    public async Task Open_JobRowUnreadable_LeavesItsAllocationsAlone()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync();
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        await Platform.Rows.JobsOf(ProjectId).WriteAsync(
            Storage.Tables.TableWrite.Upsert(ClusterTables.JobRow("web"), "{"u8.ToArray()), CancellationToken.None);
        await OpenAsync();
        Assert.Single(await Platform.LiveAsync());
    }
}
