using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Cells;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

/// <summary>What a cell remembers of allocations that ended, and what it forgets.</summary>
public sealed class HistoryTests
{
    private readonly TestPlatform _platform = new();
    private long _epoch;

    [Fact]
    public async Task Work_BatchCompleted_IsNotRunAgainByAnyLeader()
    {
        await _platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await _platform.SubmitAsync(type: JobTypes.Batch);
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);
        var (node, done) = Assert.Single(await _platform.LiveAsync());
        await ReportAsync(cell, node, done, ClientStatus.Complete);
        Assert.Empty(await _platform.AssignedAsync());

        cell = await OpenAsync();
        await BeatAndAdvanceAsync(cell, TimeSpan.FromSeconds(31), "node_a");
        Assert.Empty(await _platform.AssignedAsync());
    }

    [Fact]
    public async Task Work_BatchCompletedAfterAnInPlaceUpdate_CountsForTheNewVersion()
    {
        await _platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await _platform.SubmitAsync(type: JobTypes.Batch);
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);
        var (node, first) = Assert.Single(await _platform.LiveAsync());
        await ReportAsync(cell, node, first, ClientStatus.Running);
        await _platform.SubmitAsync(type: JobTypes.Batch, groups: Group(count: 2));
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);

        await ReportAsync(cell, node, first, ClientStatus.Complete);

        Assert.Equal(1, (await _platform.RecordAsync(first.Id))!.JobVersion);
        await OpenAsync();
        Assert.Equal(1, Assert.Single(await _platform.LiveAsync()).Allocation.Index);
    }

    [Fact]
    public async Task Work_HistoryPastItsRetention_IsPruned()
    {
        await _platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        var evaluation = await _platform.SubmitAsync(type: JobTypes.Batch);
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);
        var (node, first) = Assert.Single(await _platform.LiveAsync());
        await ReportAsync(cell, node, first, ClientStatus.Failed);
        await BeatAndAdvanceAsync(cell, TimeSpan.FromSeconds(31), node);
        var second = Assert.Single(await _platform.LiveAsync()).Allocation;
        await ReportAsync(cell, node, second, ClientStatus.Complete);

        _platform.Advance(_platform.Options.HistoryRetention);
        cell = await OpenAsync();
        await BeatAndAdvanceAsync(cell, TimeSpan.FromSeconds(31), node);

        Assert.Null(await _platform.RecordAsync(first.Id));
        Assert.NotNull(await _platform.RecordAsync(second.Id));
        Assert.DoesNotContain(await _platform.EvaluationsAsync(), found => found.Id == evaluation);
        Assert.Empty(await _platform.AssignedAsync());
    }

    [Fact]
    public async Task Work_Purged_ForgetsTheJobOnceNothingOfItRuns()
    {
        await _platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await _platform.SubmitAsync(type: JobTypes.Batch);
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);
        await _platform.SubmitAsync(type: JobTypes.Batch, stop: true, purge: true);
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);
        Assert.True(await _platform.HasJobAsync("web"));

        var (node, stopping) = Assert.Single(await _platform.AssignedAsync());
        await ReportAsync(cell, node, stopping, ClientStatus.Complete);
        Assert.False(await _platform.HasJobAsync("web"));
        Assert.Null(await _platform.RecordAsync(stopping.Id));

        _platform.Jobs.Clear();
        await _platform.SubmitAsync(type: JobTypes.Batch);
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);
        Assert.Single(await _platform.LiveAsync());
    }

    [Fact]
    public async Task Work_Failed_WaitsForTheDelayAndIsReplaced()
    {
        await _platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await _platform.SubmitAsync();
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);
        var (node, failed) = Assert.Single(await _platform.LiveAsync());

        await ReportAsync(cell, node, failed, ClientStatus.Failed);
        Assert.Empty(await _platform.AssignedAsync());
        var evaluation = Assert.Single(await _platform.EvaluationsAsync(), static found => found.WaitUntil is not null);
        Assert.Equal(EvaluationTriggers.AllocationFailure, evaluation.TriggeredBy);
        Assert.Equal(_platform.Time.GetUtcNow() + TimeSpan.FromSeconds(30), evaluation.WaitUntil);

        // A new leader remembers it by the record.
        cell = await OpenAsync();
        Assert.Empty(await _platform.AssignedAsync());
        await BeatAndAdvanceAsync(cell, TimeSpan.FromSeconds(30), "node_a");
        Assert.Equal(failed.Id, Assert.Single(await _platform.LiveAsync()).Allocation.PreviousAllocation);
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
