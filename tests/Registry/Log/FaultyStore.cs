using Saas.Storage;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Registry.Tests.Log;

/// <summary>A store whose next batch does as a test says: takes place and loses its answer, or does not take place.</summary>
internal sealed class FaultyStore : InMemoryTableStore
{
    private readonly Queue<Func<Func<ValueTask<BatchResult>>, ValueTask<BatchResult>>> _faults = new();

    public int Batches { get; private set; }

    /// <summary>Runs before the batch is written.</summary>
    public Func<Task>? BeforeBatch { get; set; }

    public void LoseNextAnswer() => _faults.Enqueue(async write =>
    {
        await write();
        throw new StorageUnavailableException("The answer was lost.");
    });

    public void RefuseNext() => _faults.Enqueue(_ => throw new StorageUnavailableException("The store is down."));

    public override async ValueTask<BatchResult> WriteBatchAsync(
        string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
    {
        if (table != "registry")
        {
            return await base.WriteBatchAsync(table, partition, writes, ct);
        }

        Batches++;
        if (BeforeBatch is { } before)
        {
            BeforeBatch = null;
            await before();
        }

        return _faults.TryDequeue(out var fault)
            ? await fault(() => base.WriteBatchAsync(table, partition, writes, ct))
            : await base.WriteBatchAsync(table, partition, writes, ct);
    }
}
