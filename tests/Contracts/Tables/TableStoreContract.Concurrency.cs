using System.Globalization;
using System.Text;
using Saas.Storage.Tables;

namespace Saas.Contracts.Tests.Tables;

public abstract partial class TableStoreContract
{
    private const int Writers = 8;

    [Fact]
    public async Task TwoWritersWithTheSameETagOnlyOneWins()
    {
        var etag = await InsertedAsync("row");
        for (var round = 0; round < 5; round++)
        {
            var seen = etag;
            var results = await AtOnceAsync(writer => WriteAsync(TableWrite.Replace("row", Bytes($"{writer}"), seen)));
            var winner = Assert.Single(results, static result => result.IsDone);
            Assert.All(results.Where(static result => !result.IsDone), static result => Assert.Equal(WriteOutcome.ETagMismatch, result.Outcome));
            etag = winner.ETag!;
            Assert.Equal(etag, (await GetAsync("row"))!.ETag);
        }
    }

    [Fact]
    public async Task OfManyInsertsOfOneRowOnlyOneWins()
    {
        var results = await AtOnceAsync(writer => WriteAsync(TableWrite.Insert("row", Bytes($"{writer}"))));
        Assert.Single(results, static result => result.IsDone);
        Assert.Equal(Writers - 1, results.Count(static result => result.Outcome == WriteOutcome.AlreadyExists));
    }

    [Fact]
    public async Task OverlappingBatchesAreDoneOneAfterTheOther()
    {
        var results = await AtOnceAsync(writer => BatchAsync(
            TableWrite.Insert($"own{writer}", Bytes("x")), TableWrite.Insert("shared", Bytes($"{writer}"))));
        Assert.Single(results, static result => result.IsDone);
        Assert.Equal(2, (await ReadAsync(RowRange.All)).Count);
    }

    [Fact]
    public async Task CountingByETagLosesNoIncrement()
    {
        await InsertedAsync("count", "0");
        const int each = 5;
        await AtOnceAsync(async _ =>
        {
            for (var done = 0; done < each;)
            {
                var row = (await GetAsync("count"))!;
                var next = int.Parse(Encoding.UTF8.GetString(row.Value.Span), CultureInfo.InvariantCulture) + 1;
                done += (await WriteAsync(TableWrite.Replace("count", Bytes($"{next}"), row.ETag))).IsDone ? 1 : 0;
            }

            return true;
        });
        Assert.Equal($"{Writers * each}", Text(await GetAsync("count")));
    }

    [Fact]
    public async Task TwoInstancesSeeEachOthersWrites()
    {
        var other = await fixture.ReopenAsync();
        var etag = await InsertedAsync("row");
        Assert.Equal(etag, (await other.GetAsync(Table, Partition, "row", Ct))!.ETag);
        Assert.True((await other.WriteAsync(Table, Partition, TableWrite.Replace("row", Bytes("theirs"), etag), Ct)).IsDone);
        Assert.Equal("theirs", Text(await GetAsync("row")));
        Assert.Equal(WriteOutcome.ETagMismatch, (await WriteAsync(TableWrite.Replace("row", Bytes("ours"), etag))).Outcome);
    }

    [Fact]
    public async Task EverythingIsThereAfterARestart()
    {
        await InsertManyAsync(Enumerable.Range(0, 250).Select(i => $"row{i:d3}"));
        var etag = await InsertedAsync("last");
        var reopened = await fixture.ReopenAsync();
        Assert.Equal(251, (await ReadAsync(RowRange.All, take: 100, reopened)).Count);
        var written = await reopened.WriteAsync(Table, Partition, TableWrite.Replace("last", Bytes("again"), etag), Ct);
        Assert.True(written.IsDone);
        Assert.NotEqual(etag, written.ETag);
    }

    [Fact]
    public async Task ACancelledCallThrowsAndHasNoEffect()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.GetAsync(Table, Partition, "row", cancelled).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Store.WriteAsync(Table, Partition, TableWrite.Upsert("row", default), cancelled).AsTask());
        Assert.Null(await GetAsync("row"));
    }

    [Fact]
    public async Task ABatchCancelledMidwayIsDoneOrNotButNeverHalf()
    {
        for (var round = 0; round < 20; round++)
        {
            using var cancel = new CancellationTokenSource();
            var rows = Enumerable.Range(0, 20).Select(i => $"r{round:d2}|{i:d2}").ToArray();
            var batch = Store.WriteBatchAsync(
                Table, Partition, rows.Select(row => TableWrite.Insert(row, Noise(1000))).ToArray(), cancel.Token).AsTask();
            cancel.CancelAfter(TimeSpan.FromMicroseconds(100 * round));
            try
            {
                Assert.True((await batch).IsDone);
            }
            catch (OperationCanceledException)
            {
                // Then it is all there or nothing is.
            }

            Assert.Contains((await ReadAsync(RowRange.Prefix($"r{round:d2}|"))).Count, new[] { 0, rows.Length });
        }
    }

    private static async Task<T[]> AtOnceAsync<T>(Func<int, ValueTask<T>> write)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tasks = Enumerable.Range(0, Writers).Select(async writer =>
        {
            await start.Task;
            return await write(writer);
        }).ToArray();
        start.SetResult();
        return await Task.WhenAll(tasks);
    }
}
