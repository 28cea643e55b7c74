using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Cells;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

/// <summary>A reign, driven round by round.</summary>
public sealed class CellTests
{
    private readonly TestPlatform _platform = new();
    private long _epoch;

    [Fact]
    public async Task Work_JobSubmitted_CommitsOneDocumentPerNodeAndAnswersTheEvaluation()
    {
        await _platform.EnrolAsync("node_a");
        await _platform.EnrolAsync("node_b");
        var cell = await OpenAsync();
        var evaluation = await _platform.SubmitAsync(groups: Group(count: 3));

        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);

        var live = await _platform.LiveAsync();
        Assert.Equal([0, 1, 2], live.Select(static entry => entry.Allocation.Index).Order());
        Assert.All(live, entry => Assert.Equal(evaluation, entry.Allocation.EvaluationId));
        Assert.All(await _platform.DocumentsAsync(), static document => Assert.Equal((1, 1), (document.Index, document.Epoch)));
        Assert.Equal(EvaluationStatus.Complete, (await _platform.EvaluationAsync(evaluation)).Status);
    }

    [Fact]
    public async Task Work_MessageDoubled_ChangesNothing()
    {
        await _platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await _platform.SubmitAsync();
        await cell.WorkAsync([_platform.JobNews(), _platform.JobNews()], CancellationToken.None);
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);
        Assert.Equal(1, Assert.Single(await _platform.DocumentsAsync()).Index);
        Assert.Single(await _platform.EvaluationsAsync());
    }

    [Fact]
    public async Task Work_MessageLost_IsMadeUpForByTheResync()
    {
        await _platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await _platform.SubmitAsync();

        await cell.WorkAsync([], CancellationToken.None);
        Assert.Empty(await _platform.LiveAsync());

        await BeatAndAdvanceAsync(cell, TimeSpan.FromSeconds(31), "node_a");
        Assert.Single(await _platform.LiveAsync());
    }

    [Fact]
    public async Task Work_SubmittedTwiceBeforeOneLook_AnswersTheLaterAndCancelsTheEarlier()
    {
        await _platform.EnrolAsync("node_a");
        var first = await _platform.SubmitAsync();
        var second = await _platform.SubmitAsync(groups: Group(count: 2));
        await OpenAsync();
        Assert.Equal(EvaluationStatus.Cancelled, (await _platform.EvaluationAsync(first)).Status);
        Assert.Equal(EvaluationStatus.Complete, (await _platform.EvaluationAsync(second)).Status);
        Assert.Equal(2, (await _platform.LiveAsync()).Count);
    }

    [Fact]
    public async Task Work_NoRoom_IsBlockedUntilANodeJoins()
    {
        await _platform.EnrolAsync("node_a", memoryMb: 100);
        var cell = await OpenAsync();
        var evaluation = await _platform.SubmitAsync();
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);

        var blocked = await _platform.EvaluationAsync(evaluation);
        Assert.Equal(EvaluationStatus.Blocked, blocked.Status);
        Assert.Equal(1, blocked.FailedPlacements["web"].DimensionExhausted["memory"]);

        await _platform.EnrolAsync("node_b");
        await cell.WorkAsync([_platform.NodeNews("node_b")], CancellationToken.None);
        Assert.Equal("node_b", Assert.Single(await _platform.LiveAsync()).NodeId);
        Assert.Equal(EvaluationStatus.Complete, (await _platform.EvaluationAsync(evaluation)).Status);
    }

    [Fact]
    public async Task Work_NoRoom_IsBlockedUntilAnAllocationEnds()
    {
        await _platform.EnrolAsync("node_a", memoryMb: 500);
        var cell = await OpenAsync();
        await _platform.SubmitAsync("first", JobTypes.Batch);
        _platform.Advance(TimeSpan.FromMilliseconds(1)); // ids are ordered by the millisecond
        await _platform.SubmitAsync("second");
        await cell.WorkAsync([_platform.JobNews("first"), _platform.JobNews("second")], CancellationToken.None);
        var (node, allocation) = Assert.Single(await _platform.LiveAsync());
        Assert.Equal("first", allocation.JobId);

        await ReportAsync(cell, node, allocation, ClientStatus.Complete);

        Assert.Equal("second", Assert.Single(await _platform.AssignedAsync()).Allocation.JobId);
    }

    [Fact]
    public async Task Work_CountLowered_StopsAndDropsOnceTheAgentSaysSo()
    {
        await _platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await _platform.SubmitAsync(groups: Group(count: 2));
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);
        await _platform.SubmitAsync(groups: Group(count: 1));
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);

        var (node, stopping) = Assert.Single(
            await _platform.AssignedAsync(), static entry => entry.Allocation.DesiredStatus == DesiredStatus.Stop);
        Assert.Equal(1, stopping.Index);
        var kept = Assert.Single(await _platform.LiveAsync()).Allocation;
        Assert.Equal((1, 1), (kept.JobVersion, kept.TaskGroup.Count));

        await ReportAsync(cell, node, stopping, ClientStatus.Complete);
        Assert.Equal(kept.Id, Assert.Single(await _platform.AssignedAsync()).Allocation.Id);
    }

    [Fact]
    public async Task Work_NewVersion_ReplacesAndNamesWhatItReplaced()
    {
        await _platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await _platform.SubmitAsync();
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);
        var old = Assert.Single(await _platform.LiveAsync()).Allocation;

        await _platform.SubmitAsync(groups: Group(command: "other"));
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);

        var replacement = Assert.Single(await _platform.LiveAsync()).Allocation;
        Assert.Equal((old.Id, "other"), (replacement.PreviousAllocation, replacement.TaskGroup.Tasks![0].Env!["COMMAND"]));
        Assert.Equal(2, (await _platform.AssignedAsync()).Count);
    }

    [Fact]
    public async Task Open_AfterACleanEnd_FindsNothingToDo()
    {
        await _platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await _platform.SubmitAsync(groups: [Group(count: 3), Group("db")]);
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);
        var before = await _platform.DocumentsAsync();

        await OpenAsync();

        Assert.Equal(before.Select(static d => d.Index), (await _platform.DocumentsAsync()).Select(static d => d.Index));
        Assert.Single(await _platform.EvaluationsAsync());
    }

    [Fact]
    public async Task Work_MoreNodesThanABatchHolds_CommitsThemAll()
    {
        for (var i = 0; i < 150; i++)
        {
            await _platform.EnrolAsync($"node_{i:D3}");
        }

        await _platform.SubmitAsync(groups: Group(count: 150) with { Constraints = [new Constraint { Operand = "distinct_hosts" }] });
        await OpenAsync();
        Assert.Equal(150, (await _platform.LiveAsync()).DistinctBy(static entry => entry.NodeId).Count());
    }

    [Fact]
    public async Task Open_ProjectNotYetDiscovered_DoesNotTakeItsJobsForRemoved()
    {
        await _platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await _platform.SubmitAsync();
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);

        var environment = new CellEnvironment(
            _platform.Scope, _platform.Signal, _platform.Time, _platform.Options,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, new ProjectDirectory());
        await Cell.OpenAsync(_platform.Cell, ++_epoch, environment, CancellationToken.None);

        Assert.Single(await _platform.LiveAsync());
    }

    [Fact]
    public async Task Open_JobRowUnreadable_LeavesItsAllocationsAlone()
    {
        await _platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await _platform.SubmitAsync();
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);
        await _platform.Rows.JobsOf(ProjectId).WriteAsync(
            Storage.Tables.TableWrite.Upsert(ClusterTables.JobRow("web"), "{"u8.ToArray()), CancellationToken.None);
        await OpenAsync();
        Assert.Single(await _platform.LiveAsync());
    }

    private async Task<Cell> OpenAsync() => (await _platform.OpenAsync(++_epoch))!;

    private async Task ReportAsync(Cell cell, string node, Contracts.Agents.AssignedAllocation allocation, string status)
    {
        await _platform.ReportAsync(node, allocation, status);
        await cell.WorkAsync([_platform.AllocationNews(allocation.Id)], CancellationToken.None);
    }

    private async Task BeatAndAdvanceAsync(Cell cell, TimeSpan by, params string[] nodes)
    {
        for (var passed = TimeSpan.Zero; passed < by; passed += TimeSpan.FromSeconds(1))
        {
            _platform.Advance(TimeSpan.FromSeconds(1));
            foreach (var node in nodes)
            {
                await _platform.BeatAsync(node);
            }

            await cell.WorkAsync([], CancellationToken.None);
        }
    }
}
