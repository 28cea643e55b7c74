using System.Data;
using Microsoft.Data.Sqlite;

namespace Saas.Benchmarks.Storage;

/// <summary>
/// Microsoft.Data.Sqlite at its best: prepared commands, a connection per reading thread, and one connection that
/// writes behind a lock, since connections that write at once only wait for each other.
/// </summary>
internal sealed class RawContender : IDisposable
{
    private const string Where = "WHERE tbl = $tbl AND partition = $partition AND row = $row";

    private readonly List<SqliteConnection> _connections = [];
    private readonly SqliteCommand[] _reads;
    private readonly SqliteCommand _write;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly int[] _at = [.. Enumerable.Range(0, Rows.MaxWorkers)];
    private readonly long[] _etags = new long[Rows.MaxWorkers];
    private long _lastETag;

    private RawContender(string path)
    {
        Fill(Connect(path));
        _reads = [.. Enumerable.Range(0, Rows.MaxWorkers).Select(_ => Prepare(
            Connect(path), $"SELECT etag, value FROM rows {Where}"))];
        _write = Prepare(Connect(path), $"UPDATE rows SET etag = $etag, value = $value {Where} AND etag = $seen");
        _write.Parameters["$value"].Value = Rows.Value;
    }

    public static RawContender Open(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        return new RawContender(path);
    }

    public ValueTask ReadAsync(int worker, CancellationToken ct)
    {
        var read = _reads[worker];
        read.Parameters["$row"].Value = Rows.Next(ref _at[worker]);
        using var found = read.ExecuteReader(CommandBehavior.SingleRow);
        if (!found.Read() || found.GetInt64(0) < 0 || found.GetFieldValue<byte[]>(1).Length != Rows.Value.Length)
        {
            throw new InvalidOperationException("The row was not read.");
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask WriteAsync(int worker, CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        try
        {
            _write.Parameters["$row"].Value = Rows.OwnedBy(worker);
            _write.Parameters["$seen"].Value = _etags[worker];
            _write.Parameters["$etag"].Value = ++_lastETag;
            if (_write.ExecuteNonQuery() != 1)
            {
                throw new InvalidOperationException("The row was not written.");
            }

            _etags[worker] = _lastETag;
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        _connections.ForEach(static connection => connection.Dispose());
        _writing.Dispose();
    }

    private SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connections.Add(connection);
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
        return connection;
    }

    private static void Fill(SqliteConnection connection)
    {
        Execute(connection, """
            CREATE TABLE rows(
                tbl TEXT NOT NULL, partition TEXT NOT NULL, row TEXT NOT NULL, etag INTEGER NOT NULL, value BLOB,
                PRIMARY KEY(tbl, partition, row)) WITHOUT ROWID;
            BEGIN
            """);
        using var insert = Prepare(connection, "INSERT INTO rows VALUES($tbl, $partition, $row, 0, $value)");
        insert.Parameters["$value"].Value = Rows.Value;
        for (var i = 0; i < Rows.Count; i++)
        {
            insert.Parameters["$row"].Value = Rows.Key(i);
            insert.ExecuteNonQuery();
        }

        Execute(connection, "COMMIT");
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, type) in new[]
        {
            ("$tbl", SqliteType.Text), ("$partition", SqliteType.Text), ("$row", SqliteType.Text),
            ("$etag", SqliteType.Integer), ("$value", SqliteType.Blob), ("$seen", SqliteType.Integer),
        })
        {
            if (sql.Contains(name, StringComparison.Ordinal))
            {
                command.Parameters.Add(name, type);
            }
        }

        command.Parameters["$tbl"].Value = Rows.Table;
        command.Parameters["$partition"].Value = Rows.Partition;
        command.Prepare();
        return command;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
