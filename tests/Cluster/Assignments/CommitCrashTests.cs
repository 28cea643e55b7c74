using Saas.Cluster.Assignments;
using Saas.Contracts;
using Saas.Storage;
using Saas.Storage.Tables;
using Saas.TestKit;
using static Saas.Cluster.Tests.Assignments.AssignmentSamples;

namespace Saas.Cluster.Tests.Assignments;

/// <summary>A leader that dies between the batches of a commit, at each of them.</summary>
public sealed class CommitCrashTests
{
    private static readonly string[] Nodes = [.. Enumerable.Range(0, 64).Select(static i => $"node_{i:D26}")];

    /// <summary>After how many batches, and whether the next is done before its answer is lost.</summary>
    public static TheoryData<int, bool> Kills()
    {
        var kills = new TheoryData<int, bool>();
        for (var batches = 0; batches < AssignmentTables.Shards; batches++)
        {
            kills.Add(batches, false);
            kills.Add(batches, true);
        }

        return kills;
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Kills))]
    public async Task ACrashBetweenShardsLeavesEachDocumentWhole(int batches, bool lastIsDone)
    {
        var (store, time) = (new InMemoryTableStore(), new FakeTimeProvider());
        var id = TenantId.New(time);
        var tenant = new PlatformScope(store).For(id);
        var setUp = new FencedCell(tenant, "eu", epoch: 1, time);
        Assert.True(await setUp.ClaimAsync(Ct));
        var before = await setUp.WriteAsync(Writes(1, static _ => null), Ct);

        var dying = new DyingStore(store, lastIsDone);
        var cell = new FencedCell(new PlatformScope(dying).For(id), "eu", epoch: 2, time);
        Assert.True(await cell.ClaimAsync(Ct));
        dying.BatchesLeft = batches;
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => cell.WriteAsync(Writes(2, node => before[Array.IndexOf(Nodes, node)].ETag), Ct));

        // Whole and by shard: one batch each, so the documents of a shard are all of before or all of after.
        var indexes = new List<long>();
        for (var shard = 0; shard < AssignmentTables.Shards; shard++)
        {
            var inShard = new HashSet<long>();
            await foreach (var row in AssignmentReader.RowsAsync(tenant, "eu", shard, Ct))
            {
                Assert.Equal((int)row.Document.Index, row.Document.Allocations.Count);
                inShard.Add(row.Document.Index);
            }

            indexes.Add(Assert.Single(inShard));
        }

        Assert.Equal(batches + (lastIsDone ? 1 : 0), indexes.Count(static index => index == 2));

        // Its successor finds what is there and goes on.
        var next = new FencedCell(tenant, "eu", epoch: 3, time);
        Assert.True(await next.ClaimAsync(Ct));
    }

    private static DocumentWrite[] Writes(long index, Func<string, string?> etag) =>
    [
        .. Nodes.Select(node => new DocumentWrite(
            node, Write(node, index, Enumerable.Range(0, (int)index).Select(static i => Allocation(i, Group("a")))), etag(node))),
    ];

    /// <summary>Does some batches more; the next is done or not, and then nothing reaches the store any more.</summary>
    private sealed class DyingStore(ITableStore store, bool lastIsDone) : ITableStore
    {
        public int BatchesLeft { get; set; } = int.MaxValue;

        public ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct) =>
            store.GetAsync(table, partition, row, ct);

        public ValueTask<WriteResult> WriteAsync(string table, string partition, TableWrite write, CancellationToken ct) =>
            store.WriteAsync(table, partition, write, ct);

        public async ValueTask<BatchResult> WriteBatchAsync(string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
        {
            var left = BatchesLeft--;
            if (left < 0 || (left == 0 && !lastIsDone))
            {
                throw new StorageUnavailableException("died");
            }

            var result = await store.WriteBatchAsync(table, partition, writes, ct);
            return left == 0 ? throw new StorageUnavailableException("died") : result;
        }

        public ValueTask<TablePage> QueryAsync(string table, string partition, RowRange range, int take, string? continuation, CancellationToken ct) =>
            store.QueryAsync(table, partition, range, take, continuation, ct);

        public ValueTask<TablePage> ScanAsync(string table, int take, string? continuation, CancellationToken ct) =>
            store.ScanAsync(table, take, continuation, ct);
    }
}
