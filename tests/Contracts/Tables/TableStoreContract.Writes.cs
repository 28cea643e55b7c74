using Saas.Storage.Tables;

namespace Saas.Contracts.Tests.Tables;

public abstract partial class TableStoreContract
{
    [Fact]
    public async Task AnInsertedRowIsReadWithItsValueAndETag()
    {
        var etag = await InsertedAsync("row", "value");
        var row = await GetAsync("row");
        Assert.Equal("value", Text(row));
        Assert.Equal((Partition, "row", etag), (row!.Partition, row.Row, row.ETag));
    }

    [Fact]
    public async Task AnInsertRepeatedIsRefusedAndLeavesTheFirst()
    {
        await InsertedAsync("row", "first");
        var again = await WriteAsync(TableWrite.Insert("row", Bytes("second")));
        Assert.Equal(new WriteResult(WriteOutcome.AlreadyExists, null), again);
        Assert.Equal("first", Text(await GetAsync("row")));
    }

    [Fact]
    public async Task AReplaceRepeatedWithTheOldETagIsRefused()
    {
        var etag = await InsertedAsync("row");
        var replaced = await WriteAsync(TableWrite.Replace("row", Bytes("second"), etag));
        var again = await WriteAsync(TableWrite.Replace("row", Bytes("third"), etag));
        Assert.Equal(WriteOutcome.Done, replaced.Outcome);
        Assert.NotEqual(etag, replaced.ETag);
        Assert.Equal(new WriteResult(WriteOutcome.ETagMismatch, null), again);
        Assert.Equal("second", Text(await GetAsync("row")));
    }

    [Fact]
    public async Task AnUpsertRepeatedWritesAgainWithANewETag()
    {
        var first = await WriteAsync(TableWrite.Upsert("row", Bytes("same")));
        var second = await WriteAsync(TableWrite.Upsert("row", Bytes("same")));
        Assert.True(first.IsDone && second.IsDone);
        Assert.NotEqual(first.ETag, second.ETag);
        Assert.Equal(second.ETag, (await GetAsync("row"))!.ETag);
    }

    [Fact]
    public async Task ADeleteRepeatedFindsNothing()
    {
        var etag = await InsertedAsync("row");
        Assert.Equal(new WriteResult(WriteOutcome.Done, null), await WriteAsync(TableWrite.Delete("row", etag)));
        Assert.Equal(new WriteResult(WriteOutcome.NotFound, null), await WriteAsync(TableWrite.Delete("row", etag)));
        Assert.Equal(new WriteResult(WriteOutcome.NotFound, null), await WriteAsync(TableWrite.Delete("row")));
        Assert.Null(await GetAsync("row"));
    }

    [Fact]
    public async Task ADeleteWithAnOldETagIsRefusedAndOneWithoutIsNot()
    {
        var etag = await InsertedAsync("row");
        await WriteAsync(TableWrite.Upsert("row", Bytes("second")));
        Assert.Equal(WriteOutcome.ETagMismatch, (await WriteAsync(TableWrite.Delete("row", etag))).Outcome);
        Assert.Equal("second", Text(await GetAsync("row")));
        Assert.Equal(WriteOutcome.Done, (await WriteAsync(TableWrite.Delete("row"))).Outcome);
    }

    [Fact]
    public async Task AReplaceOfNothingFindsNothing()
    {
        var etag = await InsertedAsync("row");
        await WriteAsync(TableWrite.Delete("row"));
        Assert.Equal(WriteOutcome.NotFound, (await WriteAsync(TableWrite.Replace("row", Bytes("x"), etag))).Outcome);
        Assert.Equal(WriteOutcome.NotFound, (await WriteAsync(TableWrite.Replace("never", Bytes("x"), etag))).Outcome);
    }

    [Fact]
    public async Task AnETagNeverComesBackWithItsRow()
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            Assert.True(seen.Add(await InsertedAsync("row", "same")), "An insert gave an ETag again.");
            await WriteAsync(TableWrite.Delete("row"));
        }

        var stale = seen.First();
        await InsertedAsync("row", "same");
        Assert.Equal(WriteOutcome.ETagMismatch, (await WriteAsync(TableWrite.Replace("row", Bytes("x"), stale))).Outcome);
    }

    [Fact]
    public async Task AForeignETagMatchesNothing()
    {
        await InsertedAsync("row");
        Assert.Equal(
            WriteOutcome.ETagMismatch, (await WriteAsync(TableWrite.Replace("row", Bytes("x"), await ForeignETagAsync()))).Outcome);
        Assert.Equal("first", Text(await GetAsync("row")));
    }

    [Fact]
    public async Task TheSameKeysInOtherTablesAndPartitionsAreOtherRows()
    {
        await InsertedAsync("row", "here");
        Assert.True((await Store.WriteAsync(Table, "ten_two", TableWrite.Insert("row", Bytes("there")), Ct)).IsDone);
        Assert.True((await Store.WriteAsync(Table + "x", Partition, TableWrite.Insert("row", Bytes("elsewhere")), Ct)).IsDone);
        Assert.Equal("here", Text(await GetAsync("row")));
        Assert.Equal("there", Text(await Store.GetAsync(Table, "ten_two", "row", Ct)));
        Assert.Equal("elsewhere", Text(await Store.GetAsync(Table + "x", Partition, "row", Ct)));
    }

    [Fact]
    public async Task KeysAreCaseSensitive()
    {
        await InsertedAsync("row", "small");
        await InsertedAsync("ROW", "large");
        Assert.Equal("small", Text(await GetAsync("row")));
        Assert.Equal("large", Text(await GetAsync("ROW")));
    }

    [Fact]
    public async Task AnEmptyValueStaysEmpty()
    {
        await InsertedAsync("row", "");
        Assert.Equal(0, (await GetAsync("row"))!.Value.Length);
        await WriteAsync(TableWrite.Upsert("row", Bytes("long")));
        await WriteAsync(TableWrite.Upsert("row", ReadOnlyMemory<byte>.Empty));
        Assert.Equal(0, (await GetAsync("row"))!.Value.Length);
    }

    [Fact]
    public async Task AShorterValueLeavesNothingOfALongerOne()
    {
        var large = new byte[300_000];
        large.AsSpan().Fill(7);
        await WriteAsync(TableWrite.Upsert("row", large));
        await WriteAsync(TableWrite.Upsert("row", Bytes("short")));
        Assert.Equal("short", Text(await GetAsync("row")));
    }

    [Fact]
    public async Task AnUnknownTableIsEmpty()
    {
        Assert.Null(await GetAsync("row"));
        Assert.Empty(await ReadAsync(RowRange.All));
        Assert.Empty(await ScanAsync());
        Assert.Equal(WriteOutcome.NotFound, (await WriteAsync(TableWrite.Delete("row"))).Outcome);
    }

    /// <summary>An ETag of this adapter's form, of another row.</summary>
    private async Task<string> ForeignETagAsync() => await InsertedAsync("another", "other");
}
