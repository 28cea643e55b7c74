using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests;

internal enum KillAt
{
    /// <summary>The process dies before the call reaches the store.</summary>
    BeforeTheCall,

    /// <summary>The store has done it, and the process dies before it hears so.</summary>
    AfterTheCall,
}

/// <summary>The store as a process sees it that dies at its n-th call: from then on it reaches nothing any more.</summary>
internal sealed class FaultyStore(ITableStore store, int killAtCall, KillAt kind) : ITableStore
{
    private int _calls;
    private volatile bool _killed;

    public bool IsDead => _killed || Volatile.Read(ref _calls) >= killAtCall;

    public void Kill() => _killed = true;

    public ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct) =>
        CallAsync(() => store.GetAsync(table, partition, row, ct));

    public ValueTask<WriteResult> WriteAsync(string table, string partition, TableWrite write, CancellationToken ct) =>
        CallAsync(() => store.WriteAsync(table, partition, write, ct));

    public ValueTask<BatchResult> WriteBatchAsync(
        string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct) =>
        CallAsync(() => store.WriteBatchAsync(table, partition, writes, ct));

    public ValueTask<TablePage> QueryAsync(
        string table, string partition, RowRange range, int take, string? continuation, CancellationToken ct) =>
        CallAsync(() => store.QueryAsync(table, partition, range, take, continuation, ct));

    public ValueTask<TablePage> ScanAsync(string table, int take, string? continuation, CancellationToken ct) =>
        CallAsync(() => store.ScanAsync(table, take, continuation, ct));

    private async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call)
    {
        var number = Interlocked.Increment(ref _calls);
        if (_killed || number > killAtCall || (number == killAtCall && kind == KillAt.BeforeTheCall))
        {
            throw new StorageUnavailableException("killed");
        }

        var result = await call();
        return number == killAtCall ? throw new StorageUnavailableException("killed") : result;
    }
}
