using Saas.Storage.Tables;

namespace Saas.Storage.Sqlite;

/// <summary>
/// The embedded store: one SQLite file in write-ahead-log mode, which several processes of one machine may share. An
/// acknowledged write is on the disk (synchronous = FULL; see <see cref="GroupCommit"/> for how that stays fast).
/// Reads run on the caller's thread, each on a connection of its own, and never wait for writes.
/// </summary>
public sealed class SqliteTableStore : ITableStore, IDisposable
{
    /// <summary>How long another process may hold the write lock before a write gives up.</summary>
    private static readonly TimeSpan DefaultBusyTimeout = TimeSpan.FromSeconds(15);

    private readonly GroupCommit _commits;
    private readonly IdleReaders<PointReader> _points;
    private readonly IdleReaders<PageReader> _pages;
    private bool _closed;

    /// <param name="path">Of the database file; made with its directory if missing, readable by its owner only.</param>
    /// <exception cref="StorageUnavailableException">The file cannot be opened or is no database of ours.</exception>
    public SqliteTableStore(string path)
        : this(path, DefaultBusyTimeout)
    {
    }

    internal SqliteTableStore(string path, TimeSpan busyTimeout)
    {
        path = Path.GetFullPath(path);
        SqliteFile.Prepare(path, busyTimeout);
        _points = new IdleReaders<PointReader>(() => new PointReader(path, busyTimeout));
        _pages = new IdleReaders<PageReader>(() => new PageReader(path, busyTimeout));
        _commits = new GroupCommit(new SqliteWriter(path, busyTimeout));
    }

    public ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct)
    {
        TableRules.CheckPartition(table, partition);
        TableKeys.Check(row, nameof(row));
        ct.ThrowIfCancellationRequested();
        var reader = _points.Rent();
        try
        {
            return ValueTask.FromResult(reader.Get(table, partition, row));
        }
        finally
        {
            _points.Return(reader);
        }
    }

    public ValueTask<TablePage> QueryAsync(
        string table, string partition, RowRange range, int take, string? continuation, CancellationToken ct)
    {
        TableRules.CheckPartition(table, partition);
        TableRules.CheckTake(take);
        ct.ThrowIfCancellationRequested();
        var reader = _pages.Rent();
        try
        {
            return ValueTask.FromResult(reader.Query(table, partition, range, take, continuation));
        }
        finally
        {
            _pages.Return(reader);
        }
    }

    public ValueTask<TablePage> ScanAsync(string table, int take, string? continuation, CancellationToken ct)
    {
        TableKeys.CheckTable(table);
        TableRules.CheckTake(take);
        ct.ThrowIfCancellationRequested();
        var reader = _pages.Rent();
        try
        {
            return ValueTask.FromResult(reader.Scan(table, take, continuation));
        }
        finally
        {
            _pages.Return(reader);
        }
    }

    public async ValueTask<WriteResult> WriteAsync(string table, string partition, TableWrite write, CancellationToken ct)
    {
        TableRules.CheckPartition(table, partition);
        TableRules.CheckWrite(write);
        ct.ThrowIfCancellationRequested();
        var pending = new PendingWrite(table, partition, write, ct);
        await _commits.SubmitAsync(pending);
        return new WriteResult(pending.Outcome, pending.ETag);
    }

    public async ValueTask<BatchResult> WriteBatchAsync(
        string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
    {
        TableRules.CheckPartition(table, partition);
        TableRules.CheckBatch(writes);
        ct.ThrowIfCancellationRequested();
        var pending = new PendingWrite(table, partition, writes, ct);
        await _commits.SubmitAsync(pending);
        return new BatchResult(pending.Outcome, pending.ETags, pending.FailedIndex);
    }

    /// <summary>Finishes the writes under way and closes the file.</summary>
    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _commits.Dispose();
        _points.Dispose();
        _pages.Dispose();
    }
}
