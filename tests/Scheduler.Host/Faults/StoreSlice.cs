using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests.Faults;

/// <summary>The partitions of a store whose keys begin with a name: thousands of runs share one file or service and never meet.</summary>
internal sealed class StoreSlice(ITableStore store, string name) : ITableStore
{
    private readonly string _prefix = name + "~";

    public async ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct) =>
        await store.GetAsync(table, _prefix + partition, row, ct) is { } found ? Inside(found) : null;

    public ValueTask<WriteResult> WriteAsync(string table, string partition, TableWrite write, CancellationToken ct) =>
        store.WriteAsync(table, _prefix + partition, write, ct);

    public ValueTask<BatchResult> WriteBatchAsync(
        string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct) =>
        store.WriteBatchAsync(table, _prefix + partition, writes, ct);

    public async ValueTask<TablePage> QueryAsync(
        string table, string partition, RowRange range, int take, string? continuation, CancellationToken ct)
    {
        var page = await store.QueryAsync(table, _prefix + partition, range, take, continuation, ct);
        return page with { Rows = [.. page.Rows.Select(Inside)] };
    }

    public async ValueTask<TablePage> ScanAsync(string table, int take, string? continuation, CancellationToken ct)
    {
        var page = await store.ScanAsync(table, take, continuation, ct);
        return page with { Rows = [.. page.Rows.Where(row => row.Partition.StartsWith(_prefix, StringComparison.Ordinal)).Select(Inside)] };
    }

    private TableRow Inside(TableRow row) => row with { Partition = row.Partition[_prefix.Length..] };
}
