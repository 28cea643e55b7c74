using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Cells;
using Saas.Storage.Tables;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

/// <summary>Whether memory_max means anything is a setting, and what runs is left as it is when the setting changes.</summary>
public sealed class MemoryOversubscriptionTests : CellScenario
{
    [Theory]
    [InlineData(true, 512, true)]
    [InlineData(true, -1, true)]
    [InlineData(true, null, null)]
    [InlineData(false, 512, null)]
    public async Task Work_MemoryMax_IsAllowedByTheSetting(bool setting, int? most, bool? expected)
    {
        await Platform.EnrolAsync("node_a");
        await SetAsync(setting);
        await Platform.SubmitAsync(groups: Group(most));
        await OpenAsync();
        var group = Assert.Single(await Platform.LiveAsync()).Allocation.TaskGroup;
        Assert.Equal((expected, most), (group.MemoryOversubscription, group.Tasks![0].Resources!.MemoryMaxMB));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Work_TheSettingChanges_CountsForWhatIsPlacedThenAndLeavesWhatRuns(bool toAllowed)
    {
        await Platform.EnrolAsync("node_a");
        await SetAsync(!toAllowed);
        var cell = await OpenAsync();
        await Platform.SubmitAsync(type: JobTypes.Batch, groups: [Group(512) with { Count = 2 }]);
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var before = await Platform.LiveAsync();
        Assert.All(before, entry => Assert.Equal(!toAllowed, entry.Allocation.TaskGroup.MemoryOversubscription is true));

        await SetAsync(toAllowed);
        await cell.WorkAsync([new InboxMessage(Platform.Tenant.Value, Region, InboxKinds.Settings, null, "")], CancellationToken.None);
        await AssertAreUntouchedAsync(before);
        cell = await OpenAsync();
        await AssertAreUntouchedAsync(before);

        // Another takes the place of one of them; the other goes on as it began, for every leader.
        await ReportAsync(cell, before[0].NodeId, before[0].Allocation, ClientStatus.Failed);
        await BeatAndAdvanceAsync(cell, TimeSpan.FromSeconds(30), "node_a");
        cell = await OpenAsync();
        var after = (await Platform.LiveAsync()).ToDictionary(static entry => entry.Allocation.Index, static entry => entry.Allocation);
        Assert.Equal(before[0].Allocation.Id, after[before[0].Allocation.Index].PreviousAllocation);
        Assert.Equal(toAllowed, after[before[0].Allocation.Index].TaskGroup.MemoryOversubscription is true);
        Assert.Equal(before[1].Allocation.Id, after[before[1].Allocation.Index].Id);
        Assert.Equal(!toAllowed, after[before[1].Allocation.Index].TaskGroup.MemoryOversubscription is true);

        // A version that restarts nothing does not on account of the setting either.
        await Platform.SubmitAsync(type: JobTypes.Batch, groups: [Group(512) with { Count = 3 }]);
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        Assert.All(await Platform.AssignedAsync(), static entry => Assert.Equal((DesiredStatus.Run, 1), (entry.Allocation.DesiredStatus, entry.Allocation.JobVersion)));
    }

    private async Task AssertAreUntouchedAsync(IReadOnlyList<(string NodeId, AssignedAllocation Allocation)> before)
    {
        Assert.Equal(1, Assert.Single(await Platform.DocumentsAsync()).Index);
        Assert.Equal(
            before.Select(static entry => (entry.Allocation.Id, entry.Allocation.TaskGroup.MemoryOversubscription)),
            (await Platform.LiveAsync()).Select(static entry => (entry.Allocation.Id, entry.Allocation.TaskGroup.MemoryOversubscription)));
    }

    private static TaskGroup Group(int? most)
    {
        var group = TestPlatform.Group();
        return group with { Tasks = [group.Tasks![0] with { Resources = group.Tasks[0].Resources! with { MemoryMaxMB = most } }] };
    }

    private async Task SetAsync(bool isAllowed) => await Platform.Rows.SchedulerSettingsOf().WriteAsync(
        TableWrite.Upsert(Region, TablePartition.Bytes(new SchedulerSettings { MemoryOversubscription = isAllowed }, ClusterJson.Default.SchedulerSettings)),
        CancellationToken.None);
}
