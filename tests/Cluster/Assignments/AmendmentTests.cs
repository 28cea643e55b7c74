using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Saas.Cluster.Assignments;
using Saas.Contracts;
using Saas.Contracts.Jobs;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Tables;
using Saas.TestKit;
using static Saas.Cluster.Tests.Assignments.AssignmentSamples;

namespace Saas.Cluster.Tests.Assignments;

/// <summary>What changed of a document beside it, and together with it what the node should run.</summary>
public sealed class AmendmentTests
{
    private const string Node = "node_1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void AmendedIsWhatWouldHaveBeenWrittenWhole() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), static seed =>
    {
        var random = new Random(seed);
        AssignmentGroup[] groups = [Group("a"), Group("b")];
        var before = Enumerable.Range(0, random.Next(12)).Select(i => Allocation(i, groups[0])).ToList();
        var after = new List<StoredAllocation>();
        var (changed, removed) = (new List<StoredAllocation>(), new List<string>());
        foreach (var allocation in before)
        {
            var fate = random.Next(3);
            var now = fate == 1 ? allocation with { Group = groups[1], DesiredStatus = DesiredStatus.Stop } : allocation;
            (fate == 2 ? removed : []).Add(allocation.Id);
            (fate == 2 ? [] : after).Add(now);
            (fate == 1 ? changed : []).Add(now);
        }

        // What was never in the whole one may be said to be removed: it came and went in between.
        removed.AddRange(random.Next(2) == 0 ? [] : [Allocation(77, groups[0]).Id]);
        var added = Enumerable.Range(100, random.Next(4)).Select(i => Allocation(i, groups[random.Next(2)])).ToList();
        var whole = AssignmentDocument.Read(Write(Node, 5, before));
        var read = whole.Amended(AssignmentDocument.Read(Amendment(9, amends: 5, removed, [.. changed, .. added])));
        return read.Index == 9 && read.Allocations.Select(Show).SequenceEqual(after.Concat(added).Select(Show));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void AnAmendmentOfAnotherDocumentSaysNothing(long amends)
    {
        var whole = AssignmentDocument.Read(Write(Node, 5, Allocation(1, Group("a"))));
        Assert.Same(whole, whole.Amended(AssignmentDocument.Read(Amendment(9, amends, [Allocation(1, Group("a")).Id], []))));
        Assert.Same(whole, whole.Amended(null));
    }

    [Fact]
    public void ItsIndexesAreReadWithoutTheRest()
    {
        Assert.Equal((5, 9), AssignmentDocument.ReadAmends(Amendment(9, amends: 5, ["x"], [Allocation(1, Group("a"))])));
        Assert.Throws<InvalidDataException>(() => AssignmentDocument.ReadAmends(Write(Node, 5, Allocation(1, Group("a")))));
    }

    [Fact]
    public async Task ReadersSeeBothAndEachIndexOnce()
    {
        var (store, time) = (new InMemoryTableStore(), new FakeTimeProvider());
        var tenant = new PlatformScope(store).For(TenantId.New(time));
        var cell = new FencedCell(tenant, "eu", epoch: 1, time);
        Assert.True(await cell.ClaimAsync(Ct));
        var definition = Definition.Of(new TaskGroup { Name = "web" });
        await cell.Definitions.EnsureAsync([definition], Ct);
        var group = Group("a", definition.Hash);
        var reader = new AssignmentReader(new DefinitionCache());

        var whole = await WriteAsync(cell, new DocumentWrite(Node, Write(Node, 1, Allocation(1, group), Allocation(2, group)), null));
        var amendment = await WriteAsync(cell, new DocumentWrite(Node, Amendment(2, 1, [Allocation(1, group).Id], [Allocation(3, group)]), null, IsAmendment: true));
        Assert.Equal([2, 3], (await reader.ReadAsync(tenant, "eu", Node, Ct)).Allocations.Select(static allocation => allocation.Index));
        Assert.Null(await reader.ReadUnlessAsync(tenant, "eu", Node, seenIndex: 2, Ct));
        Assert.Equal(2, (await reader.ReadUnlessAsync(tenant, "eu", Node, seenIndex: 1, Ct))!.Index);

        // Written whole again, and the amendment stays behind.
        await WriteAsync(cell, new DocumentWrite(Node, Write(Node, 3, Allocation(4, group)), whole));
        Assert.Null(await reader.ReadUnlessAsync(tenant, "eu", Node, seenIndex: 3, Ct));
        Assert.Equal([4], (await reader.ReadUnlessAsync(tenant, "eu", Node, seenIndex: 2, Ct))!.Allocations.Select(static allocation => allocation.Index));

        var row = Assert.Single(await RowsAsync(tenant));
        Assert.Equal((3, 3, amendment), (row.Document.Index, row.WholeIndex, row.AmendmentETag));
    }

    [Fact]
    public async Task ScansTellAmendmentsFromTheDocumentsBesideThem()
    {
        var (store, time) = (new InMemoryTableStore(), new FakeTimeProvider());
        var tenant = new PlatformScope(store).For(TenantId.New(time));
        var cell = new FencedCell(tenant, "eu", epoch: 1, time);
        Assert.True(await cell.ClaimAsync(Ct));
        string[] nodes = [.. Enumerable.Range(0, 40).Select(static i => $"node_{i:D26}")];
        await cell.WriteAsync([.. nodes.Select(static node => new DocumentWrite(node, Write(node, 1, Allocation(1, Group("a"))), null))], Ct);
        await cell.WriteAsync(
            [.. nodes.Where(static (_, i) => i % 3 == 0).Select(static node => new DocumentWrite(node, Amendment(2, 1, [], [Allocation(2, Group("a"))], node), null, IsAmendment: true))], Ct);

        Assert.Equal(
            nodes.Select(static (node, i) => (node, i % 3 == 0 ? 2 : 1)),
            (await RowsAsync(tenant)).OrderBy(static row => row.Document.NodeId, StringComparer.Ordinal).Select(static row => (row.Document.NodeId, row.Document.Allocations.Count)));
    }

    private static async Task<string> WriteAsync(FencedCell cell, DocumentWrite write)
    {
        var written = Assert.Single(await cell.WriteAsync([write], Ct));
        Assert.Equal(FencedOutcome.Done, written.Outcome);
        return written.ETag!;
    }

    private static async Task<List<AssignmentRow>> RowsAsync(TenantScope tenant)
    {
        var rows = new List<AssignmentRow>();
        for (var shard = 0; shard < AssignmentTables.Shards; shard++)
        {
            await foreach (var row in AssignmentReader.RowsAsync(tenant, "eu", shard, Ct))
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    private static byte[] Amendment(long index, long amends, IReadOnlyCollection<string> removed, IEnumerable<StoredAllocation> allocations, string node = Node)
    {
        var text = new ArrayBufferWriter<byte>();
        using var writer = new AssignmentWriter();
        writer.BeginAmendment(text, node, index, epoch: 3, amends, removed);
        foreach (var allocation in allocations)
        {
            writer.Add(allocation.ToEntry());
        }

        writer.End();
        return text.WrittenSpan.ToArray();
    }
}
