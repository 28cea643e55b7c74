using System.Text;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Contracts.Tests.Tables;

/// <summary>
/// What every <see cref="ITableStore"/> keeps. An adapter adds a class of one line; the other files of this folder
/// hold the facts by theme. Every test has a table of its own.
/// </summary>
public abstract partial class TableStoreContract(ITableStoreFixture fixture)
{
    protected const string Partition = "ten_one|part";

    protected ITableStore Store => fixture.Store;

    protected string Table { get; } = Unique.Table();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(TableRow? row) => row is null ? "(none)" : Encoding.UTF8.GetString(row.Value.Span);

    protected ValueTask<WriteResult> WriteAsync(TableWrite write) => Store.WriteAsync(Table, Partition, write, Ct);

    protected ValueTask<TableRow?> GetAsync(string row) => Store.GetAsync(Table, Partition, row, Ct);

    protected async Task<string> InsertedAsync(string row, string value = "first")
    {
        var result = await WriteAsync(TableWrite.Insert(row, Bytes(value)));
        Assert.Equal(WriteOutcome.Done, result.Outcome);
        return Assert.IsType<string>(result.ETag);
    }

    /// <summary>All rows of the range, by pages of <paramref name="take"/>.</summary>
    protected async Task<List<TableRow>> ReadAsync(RowRange range, int take = TableLimits.MaxPageRows, ITableStore? store = null)
    {
        var rows = new List<TableRow>();
        string? continuation = null;
        do
        {
            var page = await (store ?? Store).QueryAsync(Table, Partition, range, take, continuation, Ct);
            Assert.True(page.Rows.Count <= take, $"A page of {page.Rows.Count} rows where {take} were asked for.");
            rows.AddRange(page.Rows);
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return rows;
    }

    /// <summary>All rows of the table, by pages of <paramref name="take"/>.</summary>
    protected async Task<List<TableRow>> ScanAsync(int take = TableLimits.MaxPageRows)
    {
        var rows = new List<TableRow>();
        string? continuation = null;
        do
        {
            var page = await Store.ScanAsync(Table, take, continuation, Ct);
            rows.AddRange(page.Rows);
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return rows;
    }

    protected async Task InsertManyAsync(IEnumerable<string> rows, string partition = Partition)
    {
        foreach (var chunk in rows.Chunk(TableLimits.MaxBatchRows))
        {
            var writes = chunk.Select(row => TableWrite.Insert(row, Bytes(row))).ToArray();
            Assert.Equal(WriteOutcome.Done, (await Store.WriteBatchAsync(Table, partition, writes, Ct)).Outcome);
        }
    }
}
