using SQLitePCL;

namespace Saas.Storage.Sqlite;

/// <summary>The database file: who may read it, its schema, and the numbers that all processes share.</summary>
internal static class SqliteFile
{
    /// <summary>
    /// ETag before value: SQLite then compares an ETag without walking the overflow pages of a large value. With a row id,
    /// so that values are not in the key's B-tree: a descent through that would copy each large row it passes, and reading a
    /// small row between large ones, as the head of a log, cost up to a hundred times as much. A file made before
    /// keeps its layout, which answers the same.
    /// </summary>
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS rows(
            tbl TEXT NOT NULL, partition TEXT NOT NULL, row TEXT NOT NULL, etag INTEGER NOT NULL, value BLOB,
            PRIMARY KEY(tbl, partition, row));
        CREATE TABLE IF NOT EXISTS numbers(name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO numbers VALUES('etag', 1) ON CONFLICT DO NOTHING;
        """;

    static SqliteFile() => Batteries_V2.Init();

    /// <summary>
    /// Makes the file (mode 0600, a directory of ours 0700) and the schema where they are missing. SQLite gives its
    /// log and index files the mode of the database.
    /// </summary>
    public static void Prepare(string path, TimeSpan busyTimeout)
    {
        var directory = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(
                directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        using (new FileStream(path, PrivateFile()))
        {
        }

        using var connection = new SqliteConnection(path, busyTimeout);
        connection.Execute("PRAGMA journal_mode = WAL");
        connection.Execute("BEGIN IMMEDIATE");
        connection.Execute(Schema);
        connection.Execute("COMMIT");
    }

    private static FileStreamOptions PrivateFile()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
