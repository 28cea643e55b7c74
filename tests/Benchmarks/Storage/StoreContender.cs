using Saas.Storage.Sqlite;
using Saas.Storage.Tables;

namespace Saas.Benchmarks.Storage;

/// <summary>The store through its port.</summary>
internal sealed class StoreContender : IDisposable
{
    private readonly SqliteTableStore _store;
    private readonly int[] _at = [.. Enumerable.Range(0, Rows.MaxWorkers)];
    private readonly string[] _etags = new string[Rows.MaxWorkers];

    private StoreContender(string path) => _store = new SqliteTableStore(path);

    public static async Task<StoreContender> OpenAsync(string path, CancellationToken ct)
    {
        var contender = new StoreContender(path);
        foreach (var indexes in Enumerable.Range(0, Rows.Count).Chunk(TableLimits.MaxBatchRows))
        {
            var written = await contender._store.WriteBatchAsync(
                Rows.Table, Rows.Partition, [.. indexes.Select(static i => TableWrite.Insert(Rows.Key(i), Rows.Value))], ct);
            if (indexes[0] == 0)
            {
                written.ETags.Take(Rows.MaxWorkers).ToArray().CopyTo(contender._etags, 0);
            }
        }

        return contender;
    }

    public async ValueTask ReadAsync(int worker, CancellationToken ct)
    {
        var row = await _store.GetAsync(Rows.Table, Rows.Partition, Rows.Next(ref _at[worker]), ct);
        Expect(row!.Value.Length == Rows.Value.Length);
    }

    public async ValueTask WriteAsync(int worker, CancellationToken ct)
    {
        var write = TableWrite.Replace(Rows.OwnedBy(worker), Rows.Value, _etags[worker]);
        var written = await _store.WriteAsync(Rows.Table, Rows.Partition, write, ct);
        Expect(written.IsDone);
        _etags[worker] = written.ETag!;
    }

    public void Dispose() => _store.Dispose();

    private static void Expect(bool isSo)
    {
        if (!isSo)
        {
            throw new InvalidOperationException("The store did not do what was measured.");
        }
    }
}
