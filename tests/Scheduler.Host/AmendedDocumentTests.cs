using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

/// <summary>A change on a full node is written beside its document, and leaders one after the other go on from both.</summary>
public sealed class AmendedDocumentTests
{
    private const int Full = 50;

    private readonly TestPlatform _platform = new();

    [Fact]
    public async Task OneMoreOnAFullNode_IsWrittenBesideTheDocument()
    {
        var cell = await FillAsync();
        var before = await RowAsync();

        await _platform.SubmitAsync("late");
        await cell.WorkAsync([_platform.JobNews("late")], CancellationToken.None);

        var after = await RowAsync();
        Assert.Equal((before.ETag, before.WholeIndex), (after.ETag, after.WholeIndex));
        Assert.Equal("late", Assert.Single(after.Amendment!.Allocations).Group.JobId);
        Assert.Equal(before.Document.Index + 1, after.Document.Index);
        Assert.Equal(Full + 1, (await _platform.LiveAsync()).Count);
    }

    [Fact]
    public async Task WhatEndsIsRemovedBesideTheDocument_AndComesBackInNone()
    {
        var cell = await FillAsync();
        var (node, ended) = (await _platform.AssignedAsync())[7];
        await _platform.ReportAsync(node, ended, ClientStatus.Failed);
        await cell.WorkAsync([_platform.AllocationNews(ended.Id)], CancellationToken.None);

        var row = await RowAsync();
        Assert.Equal([ended.Id], row.Amendment!.Removed);
        Assert.DoesNotContain(await _platform.AssignedAsync(), entry => entry.Allocation.Id == ended.Id);

        var next = (await _platform.OpenAsync(epoch: 2))!;
        _platform.Advance(TimeSpan.FromSeconds(31));
        await _platform.BeatAsync(node);
        await next.WorkAsync([], CancellationToken.None);
        Assert.Equal(Full, (await _platform.LiveAsync()).Count);
        Assert.DoesNotContain(await _platform.AssignedAsync(), entry => entry.Allocation.Id == ended.Id);
    }

    [Fact]
    public async Task LeadersGoOnFromBoth_AndTheIndexRisesByOneEachTime()
    {
        await FillAsync();
        var index = (await RowAsync()).Document.Index;
        var wholes = new List<long>();
        for (var i = 0; i < 40; i++)
        {
            // Every second change is another leader's.
            var cell = (await _platform.OpenAsync(epoch: 2 + (i / 2)))!;
            await _platform.SubmitAsync($"late-{i}");
            await cell.WorkAsync([_platform.JobNews($"late-{i}")], CancellationToken.None);

            var row = await RowAsync();
            Assert.Equal(++index, row.Document.Index);
            Assert.Equal(Full + 1 + i, row.Document.Allocations.DistinctBy(static allocation => allocation.Id).Count());
            wholes.Add(row.WholeIndex);
        }

        // Ten fit beside fifty, and thirteen beside ninety.
        Assert.InRange(wholes.Distinct().Count(), 3, 5);
    }

    [Fact]
    public async Task AnAmendmentChangedBehindTheLeader_IsReadAgainAndPlannedAgain()
    {
        var cell = await FillAsync();
        var rows = _platform.Rows.AssignmentsOfNode(Region, "node_a");
        await _platform.SubmitAsync("late");
        await cell.WorkAsync([_platform.JobNews("late")], CancellationToken.None);
        var amendment = (await rows.GetAsync(AssignmentTables.AmendmentRow("node_a"), CancellationToken.None))!;
        await rows.WriteAsync(Storage.Tables.TableWrite.Upsert(amendment.Row, amendment.Value), CancellationToken.None);

        await _platform.SubmitAsync("later");
        await cell.WorkAsync([_platform.JobNews("later")], CancellationToken.None);
        Assert.Equal(Full + 2, (await _platform.LiveAsync()).Count);
        Assert.Equal(Full + 2, (await _platform.AssignedAsync()).DistinctBy(static entry => entry.Allocation.Id).Count());
    }

    private async Task<Cells.Cell> FillAsync()
    {
        await _platform.EnrolAsync("node_a", memoryMb: 65_536);
        await _platform.SubmitAsync(groups: Group(count: Full));
        var cell = (await _platform.OpenAsync(epoch: 1))!;
        Assert.Equal(Full, (await _platform.LiveAsync()).Count);
        Assert.Null((await RowAsync()).Amendment);
        return cell;
    }

    private async Task<AssignmentRow> RowAsync()
    {
        await foreach (var row in AssignmentReader.RowsAsync(_platform.Rows, Region, AssignmentTables.ShardOf("node_a"), CancellationToken.None))
        {
            return row;
        }

        throw new InvalidOperationException("There is no document.");
    }
}
