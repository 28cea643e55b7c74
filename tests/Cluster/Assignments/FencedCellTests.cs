using Saas.Cluster.Assignments;
using Saas.Contracts;
using Saas.Contracts.Jobs;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Sqlite;
using Saas.Storage.Tables;
using Saas.TestKit;
using static Saas.Cluster.Tests.Assignments.AssignmentSamples;

namespace Saas.Cluster.Tests.Assignments;

public sealed class InMemoryFencedCellTests() : FencedCellContract(new InMemoryTableStore());

public sealed class SqliteFencedCellTests : FencedCellContract, IDisposable
{
    private readonly DirectoryInfo _directory;
    private readonly SqliteTableStore _store;

    public SqliteFencedCellTests() : this(Directory.CreateTempSubdirectory())
    {
    }

    private SqliteFencedCellTests(DirectoryInfo directory) : this(directory, new SqliteTableStore(Path.Combine(directory.FullName, "rows.db")))
    {
    }

    private SqliteFencedCellTests(DirectoryInfo directory, SqliteTableStore store) : base(store) => (_directory, _store) = (directory, store);

    public void Dispose()
    {
        _store.Dispose();
        _directory.Delete(recursive: true);
    }
}

/// <summary>One leader's writes over all shards, and what an older one can still do: nothing.</summary>
public abstract class FencedCellContract(ITableStore store)
{
    private static readonly string[] Nodes = [.. Enumerable.Range(0, 64).Select(static i => $"node_{i:D26}")];

    private readonly FakeTimeProvider _time = new();
    private readonly TenantScope _tenant = new PlatformScope(store).For(TenantId.New(new FakeTimeProvider()));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private FencedCell Cell(long epoch) => new(_tenant, "eu", epoch, _time);

    private static DocumentWrite[] Writes(long index, string job, Func<string, string?>? etag = null) =>
        [.. Nodes.Select(node => new DocumentWrite(node, Write(node, index, Allocation(1, Group(job))), etag?.Invoke(node)))];

    private async Task<Dictionary<string, AssignmentRow>> RowsAsync()
    {
        var rows = new Dictionary<string, AssignmentRow>();
        for (var shard = 0; shard < AssignmentTables.Shards; shard++)
        {
            await foreach (var row in AssignmentReader.RowsAsync(_tenant, "eu", shard, Ct))
            {
                rows.Add(row.Document.NodeId, row);
            }
        }

        return rows;
    }

    [Fact]
    public async Task EveryDocumentIsDoneWithItsETag()
    {
        var cell = Cell(1);
        Assert.True(await cell.ClaimAsync(Ct));
        var results = await cell.WriteAsync(Writes(1, "a"), Ct);
        var rows = await RowsAsync();
        Assert.Equal(Nodes.Select(node => new FencedWrite(FencedOutcome.Done, rows[node].ETag)), results);
        Assert.Equal(AssignmentTables.Shards, Nodes.Select(AssignmentTables.ShardOf).Distinct().Count());
    }

    [Fact]
    public async Task OnceTheNewerHasClaimedTheDeposedWritesToNoShard()
    {
        var old = Cell(1);
        Assert.True(await old.ClaimAsync(Ct));
        Assert.True(await Cell(2).ClaimAsync(Ct));

        Assert.All(await old.WriteAsync(Writes(1, "late"), Ct), static result => Assert.Equal(FencedOutcome.Deposed, result.Outcome));
        Assert.Equal(FencedOutcome.Deposed, await old.Definitions.EnsureAsync([Definition.Of(new TaskGroup { Name = "late" })], Ct));
        Assert.Empty(await RowsAsync());
        Assert.False(await old.ClaimAsync(Ct));
    }

    [Fact]
    public async Task WhatTheNewerReadsAfterItsClaimTheOlderWritingAllTheTimeNeverChanges()
    {
        for (var round = 0; round < 5; round++)
        {
            var old = Cell((round * 2) + 1);
            Assert.True(await old.ClaimAsync(Ct));
            var late = Task.Run(
                async () =>
                {
                    for (var index = 1; ; index++)
                    {
                        var known = await RowsAsync();
                        var writes = Writes(index, "old", node => known.TryGetValue(node, out var row) ? row.ETag : null);
                        if ((await old.WriteAsync(writes, Ct)).All(static result => result.Outcome == FencedOutcome.Deposed))
                        {
                            return;
                        }
                    }
                },
                Ct);
            Assert.True(await Cell((round * 2) + 2).ClaimAsync(Ct));
            var seen = await RowsAsync();
            await late;
            Assert.Equal(
                seen.ToDictionary(static row => row.Key, static row => row.Value.ETag),
                (await RowsAsync()).ToDictionary(static row => row.Key, static row => row.Value.ETag));
        }
    }

    [Fact]
    public async Task ADocumentThatIsNotAsBelievedKeepsNoOtherFromBeingWritten()
    {
        var cell = Cell(1);
        Assert.True(await cell.ClaimAsync(Ct));
        var first = await cell.WriteAsync(Writes(1, "a"), Ct);
        var results = await cell.WriteAsync(Writes(2, "b", node => node == Nodes[5] ? "other" : first[Array.IndexOf(Nodes, node)].ETag), Ct);
        var rows = await RowsAsync();
        for (var i = 0; i < Nodes.Length; i++)
        {
            Assert.Equal(i == 5 ? FencedOutcome.Conflict : FencedOutcome.Done, results[i].Outcome);
            Assert.Equal(i == 5 ? 1 : 2, rows[Nodes[i]].Document.Index);
        }
    }

    [Fact]
    public async Task ManyLargeDocumentsAreCutIntoBatches()
    {
        var cell = Cell(1);
        Assert.True(await cell.ClaimAsync(Ct));
        var large = Nodes.Take(40).Select(static node => new DocumentWrite(
            node, Write(node, 1, Enumerable.Range(0, 7000).Select(static i => Allocation(i, Group("a")))), null));
        Assert.All(await cell.WriteAsync([.. large], Ct), static result => Assert.Equal(FencedOutcome.Done, result.Outcome));
    }

    [Fact]
    public async Task AnOlderLeaderCannotPruneWhatTheNewerNames()
    {
        var group = Definition.Of(new TaskGroup { Name = "web" });
        var old = Cell(1);
        Assert.True(await old.ClaimAsync(Ct));
        Assert.Equal(FencedOutcome.Done, await old.Definitions.EnsureAsync([group], Ct));
        _time.Advance(TimeSpan.FromHours(1));

        var current = Cell(2);
        Assert.True(await current.ClaimAsync(Ct));
        Assert.Equal(FencedOutcome.Done, await current.Definitions.EnsureAsync([group], Ct));
        Assert.Equal(
            new PruneResult(FencedOutcome.Deposed, 0),
            await old.Definitions.PruneAsync(new HashSet<string>(), TimeSpan.FromMinutes(1), Ct));
        Assert.NotNull(await _tenant.DefinitionsOf("eu").GetAsync(group.Hash, Ct));
    }

    [Fact]
    public async Task PruningTakesWhatIsNotNamedAndWasNotNeededLately()
    {
        var (named, needed, gone) = (Of("named"), Of("needed"), Of("gone"));
        var cell = Cell(1);
        Assert.True(await cell.ClaimAsync(Ct));
        await cell.Definitions.EnsureAsync([named, needed, gone], Ct);
        _time.Advance(TimeSpan.FromMinutes(5));
        await cell.Definitions.EnsureAsync([needed], Ct);

        var pruned = await cell.Definitions.PruneAsync(new HashSet<string> { named.Hash }, TimeSpan.FromMinutes(1), Ct);
        Assert.Equal(new PruneResult(FencedOutcome.Done, 1), pruned);
        Assert.Null(await _tenant.DefinitionsOf("eu").GetAsync(gone.Hash, Ct));
        Assert.NotNull(await _tenant.DefinitionsOf("eu").GetAsync(needed.Hash, Ct));

        // Needed again, it is written again.
        await cell.Definitions.EnsureAsync([gone], Ct);
        Assert.NotNull(await _tenant.DefinitionsOf("eu").GetAsync(gone.Hash, Ct));
    }

    [Fact]
    public async Task ADocumentReplacedWhileItIsReadIsReadAgain()
    {
        var (before, after) = (Of("before"), Of("after"));
        var cell = Cell(1);
        Assert.True(await cell.ClaimAsync(Ct));
        await cell.Definitions.EnsureAsync([before, after], Ct);
        var first = await cell.WriteAsync([new DocumentWrite("node_1", Write("node_1", 1, Allocation(1, Group("a", before.Hash))), null)], Ct);
        var old = AssignmentDocument.Read((await _tenant.AssignmentsOfNode("eu", "node_1").GetAsync("node_1", Ct))!.Value);
        await cell.WriteAsync([new DocumentWrite("node_1", Write("node_1", 2, Allocation(1, Group("a", after.Hash))), first[0].ETag)], Ct);
        await _tenant.DefinitionsOf("eu").WriteAsync(TableWrite.Delete(before.Hash), Ct);

        var reader = new AssignmentReader(new DefinitionCache());
        Assert.Null(await reader.TryExpandAsync(_tenant, "eu", old, static _ => true, Ct));
        Assert.Equal("after", Assert.Single((await reader.ReadAsync(_tenant, "eu", "node_1", Ct)).Allocations).TaskGroup.Name);
        Assert.Null(await reader.ReadUnlessAsync(_tenant, "eu", "node_1", 2, Ct));

        await _tenant.DefinitionsOf("eu").WriteAsync(TableWrite.Delete(after.Hash), Ct);
        await Assert.ThrowsAsync<InvalidDataException>(
            () => new AssignmentReader(new DefinitionCache()).ReadAsync(_tenant, "eu", "node_1", Ct).AsTask());
    }

    private static Definition Of(string name) => Definition.Of(new TaskGroup { Name = name });
}
