using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests.Faults;

/// <summary>One call of the port.</summary>
/// <param name="IsWrite">Whether it may change the store.</param>
internal readonly record struct StoreCall(bool IsWrite, string Table, string Partition);

/// <summary>A store laid around another: what becomes of a call is decided in one place.</summary>
internal abstract class StoreWrapper : ITableStore
{
    protected abstract ITableStore Inner { get; }

    public ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct) =>
        CallAsync(new StoreCall(false, table, partition), () => Inner.GetAsync(table, partition, row, ct));

    public ValueTask<WriteResult> WriteAsync(string table, string partition, TableWrite write, CancellationToken ct) =>
        CallAsync(new StoreCall(true, table, partition), () => Inner.WriteAsync(table, partition, write, ct));

    public ValueTask<BatchResult> WriteBatchAsync(
        string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct) =>
        CallAsync(new StoreCall(true, table, partition), () => Inner.WriteBatchAsync(table, partition, writes, ct));

    public ValueTask<TablePage> QueryAsync(
        string table, string partition, RowRange range, int take, string? continuation, CancellationToken ct) =>
        CallAsync(new StoreCall(false, table, partition), () => Inner.QueryAsync(table, partition, range, take, continuation, ct));

    public ValueTask<TablePage> ScanAsync(string table, int take, string? continuation, CancellationToken ct) =>
        CallAsync(new StoreCall(false, table, ""), () => Inner.ScanAsync(table, take, continuation, ct));

    protected abstract ValueTask<T> CallAsync<T>(StoreCall call, Func<ValueTask<T>> perform);
}
