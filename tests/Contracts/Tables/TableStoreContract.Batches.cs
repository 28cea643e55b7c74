using Saas.Storage.Tables;

namespace Saas.Contracts.Tests.Tables;

public abstract partial class TableStoreContract
{
    private ValueTask<BatchResult> BatchAsync(params TableWrite[] writes) =>
        Store.WriteBatchAsync(Table, Partition, writes, Ct);

    [Fact]
    public async Task ABatchOfEveryKindIsDoneWithETagsInItsOrder()
    {
        var replaced = await InsertedAsync("replaced");
        var deleted = await InsertedAsync("deleted");
        var result = await BatchAsync(
            TableWrite.Delete("deleted", deleted),
            TableWrite.Insert("inserted", Bytes("new")),
            TableWrite.Replace("replaced", Bytes("other"), replaced),
            TableWrite.Upsert("upserted", Bytes("any")));

        Assert.Equal((WriteOutcome.Done, -1, 4), (result.Outcome, result.FailedIndex, result.ETags.Count));
        Assert.Null(result.ETags[0]);
        Assert.Null(await GetAsync("deleted"));
        string[] rows = ["inserted", "replaced", "upserted"];
        for (var i = 0; i < rows.Length; i++)
        {
            Assert.Equal(result.ETags[i + 1], (await GetAsync(rows[i]))!.ETag);
        }

        Assert.Equal(["new", "other", "any"], (await ReadAsync(RowRange.All)).ConvertAll(Text));
    }

    public static TheoryData<int> RefusedPositions => [0, 1, 4];

    [Theory]
    [MemberData(nameof(RefusedPositions))]
    public async Task ABatchWithOneWriteRefusedHasNoEffectAndNamesIt(int refused)
    {
        var stale = await InsertedAsync("stale", "kept");
        await WriteAsync(TableWrite.Upsert("stale", Bytes("kept")));
        var writes = Enumerable.Range(0, 5).Select(i => TableWrite.Insert($"row{i}", Bytes("x"))).ToArray();
        writes[refused] = TableWrite.Replace("stale", Bytes("lost"), stale);

        var result = await BatchAsync(writes);

        Assert.Equal((WriteOutcome.ETagMismatch, refused), (result.Outcome, result.FailedIndex));
        Assert.Empty(result.ETags);
        Assert.Equal(["kept"], (await ReadAsync(RowRange.All)).ConvertAll(Text));
    }

    [Fact]
    public async Task ABatchTellsWhyItWasRefused()
    {
        await InsertedAsync("there");
        Assert.Equal(
            (WriteOutcome.AlreadyExists, 1),
            Why(await BatchAsync(TableWrite.Upsert("a", default), TableWrite.Insert("there", default))));
        Assert.Equal(
            (WriteOutcome.NotFound, 1),
            Why(await BatchAsync(TableWrite.Upsert("a", default), TableWrite.Delete("missing"))));
        Assert.Equal((WriteOutcome.NotFound, 0), Why(await BatchAsync(TableWrite.Delete("missing"))));
        Assert.Null(await GetAsync("a"));

        static (WriteOutcome, int) Why(BatchResult result) => (result.Outcome, result.FailedIndex);
    }

    [Fact]
    public async Task ABatchRepeatedIsRefusedAsAWhole()
    {
        TableWrite[] writes = [TableWrite.Upsert("a", Bytes("1")), TableWrite.Insert("b", Bytes("1"))];
        Assert.True((await BatchAsync(writes)).IsDone);
        writes[0] = TableWrite.Upsert("a", Bytes("2"));
        Assert.Equal((WriteOutcome.AlreadyExists, 1), ((await BatchAsync(writes)) is var again ? (again.Outcome, again.FailedIndex) : default));
        Assert.Equal("1", Text(await GetAsync("a")));
    }

    [Fact]
    public async Task ABatchIntoAnUnknownTableMakesIt()
    {
        Assert.True((await BatchAsync(TableWrite.Insert("a", Bytes("1")), TableWrite.Insert("b", Bytes("2")))).IsDone);
        Assert.Equal(2, (await ScanAsync()).Count);
    }

    [Fact]
    public async Task AHundredRowsAreABatch()
    {
        var result = await BatchAsync(Enumerable.Range(0, TableLimits.MaxBatchRows)
            .Select(i => TableWrite.Insert($"row{i:d3}", Bytes($"{i}"))).ToArray());
        Assert.Equal((WriteOutcome.Done, TableLimits.MaxBatchRows), (result.Outcome, result.ETags.Count));
        var rows = await ReadAsync(RowRange.All);
        Assert.Equal(result.ETags, rows.ConvertAll(row => (string?)row.ETag));
    }

    [Fact]
    public async Task MoreThanAHundredRowsOrNoneAreNoBatch()
    {
        var writes = Enumerable.Range(0, TableLimits.MaxBatchRows + 1).Select(i => TableWrite.Insert($"row{i}", default)).ToArray();
        await Assert.ThrowsAnyAsync<ArgumentException>(() => BatchAsync(writes).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => BatchAsync().AsTask());
        Assert.Empty(await ReadAsync(RowRange.All));
    }

    [Fact]
    public async Task ARowNamedTwiceIsNoBatch()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => BatchAsync(TableWrite.Upsert("row", Bytes("1")), TableWrite.Delete("row")).AsTask());
        Assert.Null(await GetAsync("row"));
    }
}
