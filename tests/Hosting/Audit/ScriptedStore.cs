using Saas.Storage;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Hosting.Tests.Audit;

/// <summary>A store in memory that fails as it is told, for all partitions or for one.</summary>
internal sealed class ScriptedStore : ITableStore
{
    /// <summary>What is there, without faults.</summary>
    public InMemoryTableStore Rows { get; } = new();

    public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>By partition.</summary>
    public Func<string, StoreFault> Fault { get; set; } = _ => StoreFault.None;

    public ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct) =>
        Fault(partition) is StoreFault.Gone
            ? throw new StorageUnavailableException("gone")
            : Rows.GetAsync(table, partition, row, ct);

    public async ValueTask<BatchResult> WriteBatchAsync(
        string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
    {
        switch (Fault(partition))
        {
            case StoreFault.Gone:
                throw new StorageUnavailableException("gone");
            case StoreFault.Slow:
                await Task.Delay(20, ct);
                return await Rows.WriteBatchAsync(table, partition, writes, ct);
            case StoreFault.Hangs:
                await Released.Task.WaitAsync(ct);
                return await Rows.WriteBatchAsync(table, partition, writes, ct);
            case StoreFault.WritesAndThrows:
                await Rows.WriteBatchAsync(table, partition, writes, ct);
                throw new StorageUnavailableException("too late");
            case StoreFault.Refuses:
                return new BatchResult(WriteOutcome.ETagMismatch, [], 0);
            default:
                return await Rows.WriteBatchAsync(table, partition, writes, ct);
        }
    }

    public async ValueTask<WriteResult> WriteAsync(string table, string partition, TableWrite write, CancellationToken ct)
    {
        var result = await WriteBatchAsync(table, partition, [write], ct);
        return new WriteResult(result.Outcome, result.IsDone ? result.ETags[0] : null);
    }

    public ValueTask<TablePage> QueryAsync(string table, string partition, RowRange range, int take, string? continuation, CancellationToken ct) =>
        Rows.QueryAsync(table, partition, range, take, continuation, ct);

    public ValueTask<TablePage> ScanAsync(string table, int take, string? continuation, CancellationToken ct) =>
        Rows.ScanAsync(table, take, continuation, ct);
}

public enum StoreFault
{
    None,
    Gone,
    Slow,

    /// <summary>No answer until <see cref="ScriptedStore.Released"/>.</summary>
    Hangs,

    /// <summary>The write takes place, and nobody learns of it.</summary>
    WritesAndThrows,

    /// <summary>As when another instance was faster.</summary>
    Refuses,
}
