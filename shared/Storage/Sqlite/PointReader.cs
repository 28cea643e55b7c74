using Saas.Storage.Tables;

namespace Saas.Storage.Sqlite;

/// <summary>A connection that reads single rows, with its statement prepared. Used by one thread at a time.</summary>
internal sealed class PointReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _point;

    public PointReader(string path, TimeSpan busyTimeout)
    {
        _connection = new SqliteConnection(path, busyTimeout);

        // KiB. There are as many of these as threads that read at once, and each drops what it keeps with the next commit.
        _connection.Execute("PRAGMA cache_size = -512");
        _point = _connection.Prepare("SELECT etag, value FROM rows WHERE tbl = ?1 AND partition = ?2 AND row = ?3");
    }

    public TableRow? Get(string table, string partition, string row)
    {
        try
        {
            _point.Bind(1, table);
            _point.Bind(2, partition);
            _point.Bind(3, row);
            return _point.Step() ? new TableRow(partition, row, _point.Bytes(1), ETag.Format(_point.Number(0))) : null;
        }
        finally
        {
            _point.Reset();
        }
    }

    public void Dispose()
    {
        _point.Dispose();
        _connection.Dispose();
    }
}
