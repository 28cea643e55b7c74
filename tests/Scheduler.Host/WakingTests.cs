using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Cells;
using Saas.Storage.Tables;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

/// <summary>Blocked evaluations are looked at again when what could help them appears, and not otherwise.</summary>
public sealed class WakingTests : CellScenario
{
    private static readonly TimeSpan ResyncAndMore = TimeSpan.FromSeconds(31);

    [Fact]
    public async Task Resync_NothingThatHelps_EvaluatesNoBlockedJob()
    {
        await Platform.EnrolAsync("node_a", memoryMb: 100);
        var (cell, evaluation) = await BlockedAsync();
        var before = await Platform.EvaluationAsync(evaluation);

        // A look would count one node more, and say so.
        await Platform.EnrolAsync("node_b", memoryMb: 100);
        await BeatAndAdvanceAsync(cell, ResyncAndMore, "node_a", "node_b");

        var after = await Platform.EvaluationAsync(evaluation);
        Assert.Equal((EvaluationStatus.Blocked, before.ModifiedAt), (after.Status, after.ModifiedAt));
        Assert.Equal(1, after.FailedPlacements["web"].NodesEvaluated);
    }

    [Fact]
    public async Task Resync_AlgorithmIsAnother_EvaluatesNoBlockedJob()
    {
        await Platform.EnrolAsync("node_a", memoryMb: 100);
        var (cell, evaluation) = await BlockedAsync();
        await Platform.EnrolAsync("node_b", memoryMb: 100);
        await SetAsync(new SchedulerSettings { Algorithm = "spread" });
        await BeatAndAdvanceAsync(cell, ResyncAndMore, "node_a", "node_b");
        Assert.Equal(1, (await Platform.EvaluationAsync(evaluation)).FailedPlacements["web"].NodesEvaluated);
    }

    [Theory]
    [InlineData(300, EvaluationStatus.Complete)]
    [InlineData(299, EvaluationStatus.Blocked)]
    [InlineData(null, EvaluationStatus.Complete)]
    public async Task Resync_QuotaIsAnother_PlacesWhatItHasRoomForNow(int? memoryMb, string expected)
    {
        await Platform.EnrolAsync("node_a");
        await LimitAsync(200);
        var (cell, evaluation) = await BlockedAsync();
        Assert.Equal("waits for quota", (await Platform.EvaluationAsync(evaluation)).StatusDescription);
        await LimitAsync(memoryMb);
        await BeatAndAdvanceAsync(cell, ResyncAndMore, "node_a");
        Assert.Equal(expected, (await Platform.EvaluationAsync(evaluation)).Status);
    }

    [Fact]
    public async Task SettingsMessage_MayPreemptNow_TakesTheRoom()
    {
        await Platform.EnrolAsync("node_a", memoryMb: 400);
        await Platform.SubmitAsync("low");
        var cell = await OpenAsync();
        Platform.Jobs["low"] = Platform.Jobs["low"] with { Job = Platform.Jobs["low"].Job with { Priority = 10 } };
        var low = Assert.Single(await Platform.LiveAsync("low"));
        await cell.WorkAsync([Platform.JobNews("low")], CancellationToken.None);
        await WriteAsync(Platform.Jobs["low"]);
        await cell.WorkAsync([Platform.JobNews("low")], CancellationToken.None);
        await Platform.SubmitAsync("high");
        await cell.WorkAsync([Platform.JobNews("high")], CancellationToken.None);
        Assert.Empty(await Platform.LiveAsync("high"));

        await SetAsync(new SchedulerSettings { PreemptForService = true });
        await cell.WorkAsync([new InboxMessage(Platform.Tenant.Value, Region, InboxKinds.Settings, null, "")], CancellationToken.None);

        Assert.Equal([low.Allocation.Id], Assert.Single(await Platform.LiveAsync("high")).Allocation.Follows!);
    }

    private async Task<(Cell Cell, string Evaluation)> BlockedAsync()
    {
        var cell = await OpenAsync();
        var evaluation = await Platform.SubmitAsync();
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        Assert.Equal(EvaluationStatus.Blocked, (await Platform.EvaluationAsync(evaluation)).Status);
        return (cell, evaluation);
    }

    private async Task SetAsync(SchedulerSettings settings) => await Platform.Rows.SchedulerSettingsOf().WriteAsync(
        TableWrite.Upsert(Region, TablePartition.Bytes(settings, ClusterJson.Default.SchedulerSettings)), CancellationToken.None);

    /// <param name="memoryMb">Null: the project has no quota any more.</param>
    private async Task LimitAsync(int? memoryMb)
    {
        var row = $"{Region}|{ProjectId}";
        var quota = new ProjectQuota { ProjectId = ProjectId, Region = Region, MemoryMb = memoryMb };
        await Platform.Rows.ProjectQuotasOf().WriteAsync(
            memoryMb is null ? TableWrite.Delete(row) : TableWrite.Upsert(row, TablePartition.Bytes(quota, ClusterJson.Default.ProjectQuota)),
            CancellationToken.None);
    }

    private async Task WriteAsync(JobRecord record) => await Platform.Rows.JobsOf(ProjectId).WriteAsync(
        TableWrite.Upsert(ClusterTables.JobRow(record.Job.ID!), TablePartition.Bytes(record, ClusterJson.Default.JobRecord)), CancellationToken.None);
}
