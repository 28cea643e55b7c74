using Saas.Storage.Tables;

namespace Saas.Storage.Sqlite;

/// <summary>A connection that reads pages of rows, with its statements prepared. Used by one thread at a time.</summary>
internal sealed class PageReader : IDisposable
{
    /// <summary>A page ends when its values pass this, so that 1000 large rows are not one answer.</summary>
    private const int MaxPageBytes = 4 * 1024 * 1024;

    /// <summary>Above every key, whose characters end at <c>~</c>.</summary>
    private const string AfterAllKeys = "\x7f";

    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _range;
    private readonly SqliteStatement _scan;

    public PageReader(string path, TimeSpan busyTimeout)
    {
        _connection = new SqliteConnection(path, busyTimeout, mapped: true);
        _range = _connection.Prepare(
            "SELECT etag, value, partition, row FROM rows WHERE tbl = ?1 AND partition = ?2 AND row >= ?3 AND row < ?4 ORDER BY row LIMIT ?5");
        _scan = _connection.Prepare(
            "SELECT etag, value, partition, row FROM rows WHERE tbl = ?1 AND (partition, row) >= (?2, ?3) ORDER BY partition, row LIMIT ?4");
    }

    /// <param name="continuation">The first row of the page.</param>
    public TablePage Query(string table, string partition, RowRange range, int take, string? continuation)
    {
        _range.Bind(1, table);
        _range.Bind(2, partition);
        _range.Bind(3, Later(range.From ?? "", continuation ?? ""));
        _range.Bind(4, range.To ?? AfterAllKeys);
        _range.Bind(5, take + 1);
        return ReadPage(_range, take, partition, static (_, row) => row);
    }

    /// <param name="continuation">Partition and row of the page's first row, divided by a line feed.</param>
    public TablePage Scan(string table, int take, string? continuation)
    {
        var at = continuation?.Split('\n') ?? ["", ""];
        if (at.Length != 2)
        {
            throw new ArgumentException("Not a continuation of a scan.", nameof(continuation));
        }

        _scan.Bind(1, table);
        _scan.Bind(2, at[0]);
        _scan.Bind(3, at[1]);
        _scan.Bind(4, take + 1);
        return ReadPage(_scan, take, partition: null, static (partition, row) => string.Concat(partition, "\n", row));
    }

    public void Dispose()
    {
        _range.Dispose();
        _scan.Dispose();
        _connection.Dispose();
    }

    /// <summary>Reads one row more than asked for: where the next page begins, or that there is none.</summary>
    /// <param name="partition">Of all rows; null: each says its own.</param>
    private static TablePage ReadPage(SqliteStatement found, int take, string? partition, Func<string, string, string> continuation)
    {
        try
        {
            var rows = new List<TableRow>();
            var bytes = 0;
            while (found.Step())
            {
                var key = partition ?? found.Text(2);
                var row = found.Text(3);
                if (rows.Count == take || bytes >= MaxPageBytes)
                {
                    return new TablePage(rows, continuation(key, row));
                }

                var value = found.Bytes(1);
                bytes += value.Length;
                rows.Add(new TableRow(key, row, value, ETag.Format(found.Number(0))));
            }

            return new TablePage(rows, null);
        }
        finally
        {
            found.Reset();
        }
    }

    private static string Later(string a, string b) => string.CompareOrdinal(a, b) >= 0 ? a : b;
}
