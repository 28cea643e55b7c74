using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Scheduler.Host.Tests.Faults;

/// <summary>
/// Begins in memory and goes on in another store, with all its rows: what comes before the faults need not be slow.
/// </summary>
internal sealed class MovableStore : StoreWrapper
{
    private readonly InMemoryTableStore _memory = new();
    private ITableStore? _other;

    protected override ITableStore Inner => _other ?? _memory;

    public async Task MoveToAsync(ITableStore other)
    {
        foreach (var table in _memory.TableNames)
        {
            var page = await _memory.ScanAsync(table, TableLimits.MaxPageRows, null, CancellationToken.None);
            Assert.Null(page.Continuation);
            foreach (var partition in page.Rows.GroupBy(static row => row.Partition))
            {
                foreach (var batch in partition.Chunk(TableLimits.MaxBatchRows))
                {
                    TableWrite[] writes = [.. batch.Select(static row => TableWrite.Insert(row.Row, row.Value))];
                    var copied = await other.WriteBatchAsync(table, partition.Key, writes, CancellationToken.None);
                    Assert.True(copied.IsDone, $"{table}: {copied.Outcome}");
                }
            }
        }

        _other = other;
    }

    protected override ValueTask<T> CallAsync<T>(StoreCall call, Func<ValueTask<T>> perform) => perform();
}
