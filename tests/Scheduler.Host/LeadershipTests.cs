using Saas.Cluster.Assignments;
using Saas.Scheduler.Host.Cells;
using Saas.Storage.Tables;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

public sealed class LeadershipTests
{
    private readonly TestPlatform _platform = new();

    [Fact]
    public async Task DeposedLeaderThatStillRunsCannotWrite()
    {
        await _platform.EnrolAsync("node_a");
        var old = (await _platform.OpenAsync(epoch: 1))!;
        var current = (await _platform.OpenAsync(epoch: 2))!;
        await _platform.SubmitAsync(groups: Group(count: 3));

        await Assert.ThrowsAsync<DeposedException>(() => old.WorkAsync([_platform.JobNews()], CancellationToken.None));
        Assert.Empty(await _platform.AssignedAsync());

        await current.WorkAsync([_platform.JobNews()], CancellationToken.None);
        Assert.Equal(3, (await _platform.LiveAsync()).Count);
    }

    [Fact]
    public async Task OlderEpochDoesNotOpenACell()
    {
        await _platform.OpenAsync(epoch: 2);
        Assert.Null(await _platform.OpenAsync(epoch: 1));
    }

    [Fact]
    public async Task DocumentChangedBehindTheLeaderIsReadAgainAndPlannedAgain()
    {
        await _platform.EnrolAsync("node_a");
        await _platform.SubmitAsync();
        var cell = (await _platform.OpenAsync(epoch: 1))!;
        var rows = _platform.Rows.AssignmentsOfNode(Region, "node_a");
        var document = (await rows.GetAsync("node_a", CancellationToken.None))!;
        await rows.WriteAsync(TableWrite.Upsert("node_a", document.Value), CancellationToken.None);

        await _platform.SubmitAsync(groups: Group(count: 2));
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);

        Assert.Equal([0, 1], (await _platform.LiveAsync()).Select(static entry => entry.Allocation.Index).Order());
        Assert.Equal(2, (await _platform.AssignedAsync()).Count);
    }
}
