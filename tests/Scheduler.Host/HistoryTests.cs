using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Cells;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

/// <summary>What a cell remembers of allocations that ended, and what it forgets.</summary>
public sealed class HistoryTests : CellScenario
{
    [Fact]
    public async Task Work_BatchCompleted_IsNotRunAgainByAnyLeader()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync(type: JobTypes.Batch);
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var (node, done) = Assert.Single(await Platform.LiveAsync());
        await ReportAsync(cell, node, done, ClientStatus.Complete);
        Assert.Empty(await Platform.AssignedAsync());

        cell = await OpenAsync();
        await BeatAndAdvanceAsync(cell, TimeSpan.FromSeconds(31), "node_a");
        Assert.Empty(await Platform.AssignedAsync());
    }

    [Fact]
    public async Task Work_BatchCompletedAfterAnInPlaceUpdate_CountsForTheNewVersion()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync(type: JobTypes.Batch);
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var (node, first) = Assert.Single(await Platform.LiveAsync());
        await ReportAsync(cell, node, first, ClientStatus.Running);
        await Platform.SubmitAsync(type: JobTypes.Batch, groups: Group(count: 2));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);

        await ReportAsync(cell, node, first, ClientStatus.Complete);

        Assert.Equal(1, (await Platform.RecordAsync(first.Id))!.JobVersion);
        await OpenAsync();
        Assert.Equal(1, Assert.Single(await Platform.LiveAsync()).Allocation.Index);
    }

    [Fact]
    public async Task Work_HistoryPastItsRetention_IsPruned()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        var evaluation = await Platform.SubmitAsync(type: JobTypes.Batch);
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var (node, first) = Assert.Single(await Platform.LiveAsync());
        await ReportAsync(cell, node, first, ClientStatus.Failed);
        await BeatAndAdvanceAsync(cell, TimeSpan.FromSeconds(31), node);
        var second = Assert.Single(await Platform.LiveAsync()).Allocation;
        await ReportAsync(cell, node, second, ClientStatus.Complete);

        Platform.Advance(Platform.Options.HistoryRetention);
        cell = await OpenAsync();
        await BeatAndAdvanceAsync(cell, TimeSpan.FromSeconds(31), node);

        Assert.Null(await Platform.RecordAsync(first.Id));
        Assert.NotNull(await Platform.RecordAsync(second.Id));
        Assert.DoesNotContain(await Platform.EvaluationsAsync(), found => found.Id == evaluation);
        Assert.Empty(await Platform.AssignedAsync());
    }

    [Fact]
    public async Task Work_AttemptsAreUsedUp_AreSoAlsoWhenTheHistoryIsPastItsRetention()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        var week = 7 * 24 * 3600 * 1_000_000_000L;
        await Platform.SubmitAsync(groups: Group() with
        {
            ReschedulePolicy = new ReschedulePolicy { Attempts = 1, Interval = week, Delay = 30_000_000_000, DelayFunction = "constant", MaxDelay = 0, Unlimited = false },
        });
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        for (var failures = 0; failures < 2; failures++)
        {
            var (node, allocation) = Assert.Single(await Platform.LiveAsync());
            await ReportAsync(cell, node, allocation, ClientStatus.Failed);
            await BeatAndAdvanceAsync(cell, TimeSpan.FromSeconds(31), node);
        }

        Assert.Empty(await Platform.LiveAsync());
        Platform.Advance(Platform.Options.HistoryRetention);
        for (var reigns = 0; reigns < 2; reigns++)
        {
            cell = await OpenAsync();
            await BeatAndAdvanceAsync(cell, TimeSpan.FromSeconds(62), "node_a");
            Assert.Empty(await Platform.LiveAsync());
        }
    }

    [Fact]
    public async Task Work_Purged_ForgetsTheJobOnceNothingOfItRuns()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync(type: JobTypes.Batch);
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        await Platform.SubmitAsync(type: JobTypes.Batch, stop: true, purge: true);
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        Assert.True(await Platform.HasJobAsync("web"));

        var (node, stopping) = Assert.Single(await Platform.AssignedAsync());
        await ReportAsync(cell, node, stopping, ClientStatus.Complete);
        Assert.False(await Platform.HasJobAsync("web"));
        Assert.Null(await Platform.RecordAsync(stopping.Id));

        Platform.Jobs.Clear();
        await Platform.SubmitAsync(type: JobTypes.Batch);
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        Assert.Single(await Platform.LiveAsync());
    }

    [Fact]
    public async Task Work_Failed_WaitsForTheDelayAndIsReplaced()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync();
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var (node, failed) = Assert.Single(await Platform.LiveAsync());

        await ReportAsync(cell, node, failed, ClientStatus.Failed);
        Assert.Empty(await Platform.AssignedAsync());
        var evaluation = Assert.Single(await Platform.EvaluationsAsync(), static found => found.WaitUntil is not null);
        Assert.Equal(EvaluationTriggers.AllocationFailure, evaluation.TriggeredBy);
        Assert.Equal(Platform.Time.GetUtcNow() + TimeSpan.FromSeconds(30), evaluation.WaitUntil);

        // A new leader remembers it by the record.
        cell = await OpenAsync();
        Assert.Empty(await Platform.AssignedAsync());
        await BeatAndAdvanceAsync(cell, TimeSpan.FromSeconds(30), "node_a");
        Assert.Equal(failed.Id, Assert.Single(await Platform.LiveAsync()).Allocation.PreviousAllocation);
    }
}
