using SQLitePCL;

namespace Saas.Storage.Sqlite;

/// <summary>
/// One connection to the database file. Used by one thread at a time, hence without SQLite's own mutex. We call
/// SQLite's C interface and not ADO.NET: a point read is then a few binds and one step, without objects per call.
/// </summary>
internal sealed class SqliteConnection : IDisposable
{
    private readonly sqlite3 _db;
    private readonly TimeSpan _busyTimeout;

    /// <param name="busyTimeout">How long a lock of another process is waited for.</param>
    /// <param name="mapped">
    /// Reads the file through mapped memory, not by a system call a page. That is the faster way to many pages, and the slower
    /// one to a few: SQLite maps the file anew whenever somebody else has written to it, and each page is then faulted in again.
    /// </param>
    /// <exception cref="StorageUnavailableException">The file cannot be opened.</exception>
    public SqliteConnection(string path, TimeSpan busyTimeout, bool mapped = false)
    {
        _busyTimeout = busyTimeout;
        var opened = raw.sqlite3_open_v2(path, out _db, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null);
        try
        {
            Check(opened);

            // FULL: a commit returns once its log is on the disk, so that acknowledged writes outlive a power cut too.
            Execute("PRAGMA synchronous = FULL");
            Execute("PRAGMA journal_size_limit = 67108864");

            // Only address space is reserved; what is read is in the system's cache anyway.
            Execute(mapped ? "PRAGMA mmap_size = 1073741824" : "PRAGMA mmap_size = 0");

            // What is overwritten or deleted is zeroed in the page it stood in: a wrapped root key that was destroyed must
            // not stay readable in the file. ON and not FAST, which leaves the content of pages that become free.
            Execute("PRAGMA secure_delete = ON");
        }
        catch
        {
            _db.Dispose();
            throw;
        }
    }

    public SqliteStatement Prepare(string sql)
    {
        sqlite3_stmt? statement = null;
        var code = raw.SQLITE_BUSY;
        for (var patience = Patience(); code == raw.SQLITE_BUSY && patience.WaitOnce();)
        {
            code = raw.sqlite3_prepare_v3(_db, sql, raw.SQLITE_PREPARE_PERSISTENT, out statement);
        }

        Check(code);
        return new SqliteStatement(this, statement!);
    }

    /// <param name="sql">One statement, or several within a transaction.</param>
    public void Execute(string sql)
    {
        var code = raw.SQLITE_BUSY;
        for (var patience = Patience(); code == raw.SQLITE_BUSY && patience.WaitOnce();)
        {
            code = raw.sqlite3_exec(_db, sql);
        }

        Check(code);
    }

    public BusyPatience Patience() => new(_busyTimeout);

    /// <summary>False once a failed statement has made SQLite roll back by itself, or outside of a transaction.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_db) == 0;

    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw new StorageUnavailableException(
                $"SQLite: {raw.sqlite3_errmsg(_db).utf8_to_string()} (code {raw.sqlite3_extended_errcode(_db)}).");
        }
    }

    public void Dispose() => _db.Dispose();
}
