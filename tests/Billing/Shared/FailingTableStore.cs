using Saas.Storage;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Billing.Tests.Shared;

/// <summary>
/// Fails one call, as a process killed there would see it: before the call took place, or after it, when the write is
/// done and nobody was told.
/// </summary>
internal sealed class FailingTableStore : InMemoryTableStore
{
    private int _callsLeft = int.MaxValue;
    private bool _afterwards;

    public bool HasFailed { get; private set; }

    /// <param name="call">1 is the next call.</param>
    public void FailAt(int call, bool afterwards) => (_callsLeft, _afterwards, HasFailed) = (call, afterwards, false);

    public override ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct) =>
        CallAsync(() => base.GetAsync(table, partition, row, ct));

    public override ValueTask<TablePage> QueryAsync(
        string table, string partition, RowRange range, int take, string? continuation, CancellationToken ct) =>
        CallAsync(() => base.QueryAsync(table, partition, range, take, continuation, ct));

    public override ValueTask<TablePage> ScanAsync(string table, int take, string? continuation, CancellationToken ct) =>
        CallAsync(() => base.ScanAsync(table, take, continuation, ct));

    /// <summary>Single writes come through here too.</summary>
    public override ValueTask<BatchResult> WriteBatchAsync(
        string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct) =>
        CallAsync(() => base.WriteBatchAsync(table, partition, writes, ct));

    private async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call)
    {
        var fails = Interlocked.Decrement(ref _callsLeft) == 0;
        if (fails && !_afterwards)
        {
            throw Fail();
        }

        var result = await call();
        return fails ? throw Fail() : result;
    }

    private StorageUnavailableException Fail()
    {
        HasFailed = true;
        return new StorageUnavailableException("Failed on purpose.");
    }
}
