using System.Text;
using Saas.Contracts.Tests.Tables;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Contracts.Tests.Leases;

/// <summary>That an older epoch cannot write, over every store.</summary>
public abstract class FencedPartitionContract(ITableStoreFixture fixture)
{
    private readonly string _table = Unique.Table();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TablePartition Open() => new PlatformScope(fixture.Store).Partition(_table, "cell");

    private async Task<FencedPartition> ClaimedAsync(long epoch)
    {
        var fenced = new FencedPartition(Open(), epoch);
        Assert.True(await fenced.ClaimAsync(Ct));
        return fenced;
    }

    private static TableWrite Put(string row, string value) => TableWrite.Upsert(row, Encoding.UTF8.GetBytes(value));

    private async Task<string> ReadAsync(string row) => Encoding.UTF8.GetString((await Open().GetAsync(row, Ct))!.Value.Span);

    [Fact]
    public async Task TheOwnerWritesBatchAfterBatch()
    {
        var owner = await ClaimedAsync(1);
        for (var i = 0; i < 3; i++)
        {
            var result = await owner.WriteAsync([Put("a", $"{i}"), Put("b", $"{i}")], Ct);
            Assert.Equal((FencedOutcome.Done, 2, -1), (result.Outcome, result.ETags.Count, result.FailedIndex));
            Assert.Equal(result.ETags[0], (await Open().GetAsync("a", Ct))!.ETag);
        }
    }

    [Fact]
    public async Task AStaleEpochIsRefusedAfterTakeover()
    {
        var old = await ClaimedAsync(1);
        Assert.Equal(FencedOutcome.Done, (await old.WriteAsync([Put("a", "old")], Ct)).Outcome);
        var current = await ClaimedAsync(2);

        Assert.Equal(FencedOutcome.Deposed, (await old.WriteAsync([Put("a", "late")], Ct)).Outcome);
        Assert.False(await old.ClaimAsync(Ct));
        Assert.Equal("old", await ReadAsync("a"));
        Assert.Equal(FencedOutcome.Done, (await current.WriteAsync([Put("a", "new")], Ct)).Outcome);
    }

    [Fact]
    public async Task AConflictNamesTheWriteAndLeavesTheOwnerInPlace()
    {
        var owner = await ClaimedAsync(1);
        await owner.WriteAsync([Put("a", "1")], Ct);
        var conflict = await owner.WriteAsync([Put("b", "x"), TableWrite.Insert("a", default)], Ct);
        Assert.Equal((FencedOutcome.Conflict, 1), (conflict.Outcome, conflict.FailedIndex));
        Assert.Null(await Open().GetAsync("b", Ct));
        Assert.Equal(FencedOutcome.Done, (await owner.WriteAsync([Put("b", "y")], Ct)).Outcome);
    }

    [Fact]
    public async Task TheSameEpochMayClaimAgain()
    {
        var before = await ClaimedAsync(3);
        var restarted = await ClaimedAsync(3);
        Assert.Equal(FencedOutcome.Done, (await restarted.WriteAsync([Put("a", "1")], Ct)).Outcome);
        Assert.Equal(FencedOutcome.Done, (await before.WriteAsync([Put("a", "2")], Ct)).Outcome);
    }

    [Fact]
    public async Task AFullBatchFitsBesideTheFence()
    {
        var owner = await ClaimedAsync(1);
        var writes = Enumerable.Range(0, FencedPartition.MaxWrites).Select(i => Put($"row{i}", "x")).ToArray();
        Assert.Equal(FencedPartition.MaxWrites, (await owner.WriteAsync(writes, Ct)).ETags.Count);
    }

    [Fact]
    public async Task WithoutAClaimNothingIsWritten()
    {
        var fenced = new FencedPartition(Open(), 1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => fenced.WriteAsync([Put("a", "1")], Ct).AsTask());
    }

    [Fact]
    public async Task OfTwoThatWriteAndClaimAtOnceTheOldNeverFollowsTheNew()
    {
        for (var round = 0; round < 10; round++)
        {
            var old = await ClaimedAsync((round * 2) + 1);
            var current = new FencedPartition(Open(), (round * 2) + 2);
            var late = Task.Run(async () =>
            {
                while ((await old.WriteAsync([Put("a", "old")], Ct)).Outcome == FencedOutcome.Done)
                {
                }
            });
            Assert.True(await current.ClaimAsync(Ct));
            Assert.Equal(FencedOutcome.Done, (await current.WriteAsync([Put("a", "new")], Ct)).Outcome);
            await late;
            Assert.Equal("new", await ReadAsync("a"));
        }
    }
}
