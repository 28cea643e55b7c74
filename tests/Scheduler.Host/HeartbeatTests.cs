using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Cells;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

public sealed class HeartbeatTests
{
    private readonly TestPlatform _platform = new();

    [Fact]
    public async Task Work_NodeSilentForItsTtl_IsDownAndItsAllocationsAreReplacedElsewhere()
    {
        var cell = await PlacedAsync();
        var (node, lost) = Assert.Single(await _platform.LiveAsync());
        var other = node == "node_a" ? "node_b" : "node_a";

        await PassAsync(cell, seconds: 29, other);
        Assert.Equal(NodeStatus.Ready, (await _platform.NodeAsync(node)).Status);

        await PassAsync(cell, seconds: 2, other);
        Assert.Equal(NodeStatus.Down, (await _platform.NodeAsync(node)).Status);
        var (newNode, replacement) = Assert.Single(await _platform.AssignedAsync());
        Assert.Equal((other, lost.Id), (newNode, replacement.PreviousAllocation));
        var record = (await _platform.RecordAsync(lost.Id))!;
        Assert.Equal((ClientStatus.Lost, -1), (record.ClientStatus, record.Revision));
        Assert.Contains(
            await _platform.EvaluationsAsync(), static evaluation => evaluation.TriggeredBy == EvaluationTriggers.NodeUpdate);
    }

    [Fact]
    public async Task Work_NodeReturns_IsReadyAgainAndItsDocumentNoLongerHoldsWhatWasReplaced()
    {
        var cell = await PlacedAsync();
        var (node, _) = Assert.Single(await _platform.LiveAsync());
        var other = node == "node_a" ? "node_b" : "node_a";
        await PassAsync(cell, seconds: 31, other);

        await PassAsync(cell, seconds: 2, node, other);

        Assert.Equal(NodeStatus.Ready, (await _platform.NodeAsync(node)).Status);
        var document = Assert.Single(await _platform.DocumentsAsync(), document => document.NodeId == node);
        Assert.Empty(document.Allocations);
        Assert.Equal(2, document.Index);
        Assert.Single(await _platform.LiveAsync());
    }

    [Fact]
    public async Task Work_NodeReturns_TakesWhatWaitedForRoom()
    {
        var platform = _platform;
        await platform.EnrolAsync("node_a");
        await platform.SubmitAsync();
        var cell = (await platform.OpenAsync(epoch: 1))!;
        await PassAsync(cell, seconds: 31);
        Assert.Empty(await platform.AssignedAsync());

        await PassAsync(cell, seconds: 2, "node_a");
        Assert.Single(await platform.LiveAsync());
    }

    [Fact]
    public async Task Open_NewLeader_GrantsEveryNodeAFullTtl()
    {
        var cell = await PlacedAsync();
        await PassAsync(cell, seconds: 29);
        cell = (await _platform.OpenAsync(epoch: 2))!;
        await PassAsync(cell, seconds: 29);
        Assert.Equal(NodeStatus.Ready, (await _platform.NodeAsync("node_a")).Status);
        Assert.Single(await _platform.LiveAsync());
    }

    [Fact]
    public async Task Open_LeaderDiedAfterMarkingTheNodeDown_ReplacesItsAllocations()
    {
        await PlacedAsync();
        var (node, _) = Assert.Single(await _platform.LiveAsync());
        await _platform.EnrolAsync(node, status: NodeStatus.Down);
        await _platform.OpenAsync(epoch: 2);
        Assert.NotEqual(node, Assert.Single(await _platform.AssignedAsync()).NodeId);
    }

    [Fact]
    public async Task Work_WallClockJumps_LeavesTheNodesAlone()
    {
        var cell = await PlacedAsync();
        ((TestKit.FakeTimeProvider)_platform.Time).JumpTo(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await PassAsync(cell, seconds: 2, "node_a", "node_b");
        Assert.Equal(NodeStatus.Ready, (await _platform.NodeAsync("node_a")).Status);
    }

    [Fact]
    public async Task Work_CompletionWasReportedBeforeTheNodeDied_CountsAsCompleted()
    {
        await _platform.EnrolAsync("node_a");
        await _platform.EnrolAsync("node_b");
        await _platform.SubmitAsync(type: JobTypes.Batch);
        var cell = (await _platform.OpenAsync(epoch: 1))!;
        var (node, allocation) = Assert.Single(await _platform.LiveAsync());

        // The message of it was lost.
        await _platform.ReportAsync(node, allocation, ClientStatus.Complete);
        await _platform.EnrolAsync(node, status: NodeStatus.Down);
        await cell.WorkAsync([_platform.NodeNews(node)], CancellationToken.None);

        Assert.Equal(ClientStatus.Complete, (await _platform.RecordAsync(allocation.Id))!.ClientStatus);
        Assert.Empty(await _platform.AssignedAsync());
    }

    private async Task<Cell> PlacedAsync()
    {
        await _platform.EnrolAsync("node_a");
        await _platform.EnrolAsync("node_b");
        await _platform.SubmitAsync();
        return (await _platform.OpenAsync(epoch: 1))!;
    }

    /// <summary>Second by second; only the nodes named are heard.</summary>
    private async Task PassAsync(Cell cell, int seconds, params string[] heard)
    {
        for (var i = 0; i < seconds; i++)
        {
            _platform.Advance(TimeSpan.FromSeconds(1));
            foreach (var node in heard)
            {
                await _platform.BeatAsync(node);
            }

            await cell.WorkAsync([], CancellationToken.None);
        }
    }
}
