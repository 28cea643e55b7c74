using System.Text;
using SQLitePCL;

namespace Saas.Storage.Sqlite;

/// <summary>A prepared statement: bind, step, read, reset. Parameters count from 1, columns from 0.</summary>
internal sealed class SqliteStatement(SqliteConnection connection, sqlite3_stmt statement) : IDisposable
{
    private const int StackBytes = 1024;

    public void Bind(int parameter, string text)
    {
        // Keys are short: without the stack this would be one more array per key and call.
        Span<byte> stack = stackalloc byte[StackBytes];
        var utf8 = Encoding.UTF8.TryGetBytes(text, stack, out var length)
            ? stack[..length]
            : Encoding.UTF8.GetBytes(text);
        connection.Check(utf8.IsEmpty
            ? raw.sqlite3_bind_text(statement, parameter, text)
            : raw.sqlite3_bind_text(statement, parameter, utf8));
    }

    public void Bind(int parameter, long number) =>
        connection.Check(raw.sqlite3_bind_int64(statement, parameter, number));

    /// <summary>Empty bytes become NULL, which <see cref="Bytes"/> reads as empty again.</summary>
    public void Bind(int parameter, ReadOnlySpan<byte> bytes) =>
        connection.Check(bytes.IsEmpty
            ? raw.sqlite3_bind_null(statement, parameter)
            : raw.sqlite3_bind_blob(statement, parameter, bytes));

    /// <summary>True: there is a row to read. Ends the statement's transaction when false.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_BUSY)
        {
            code = StepPatiently();
        }

        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        connection.Check(code);
        return false;
    }

    /// <summary>In this mode of the log a lock is only ever missed at the first step, so nothing is read twice.</summary>
    private int StepPatiently()
    {
        var code = raw.SQLITE_BUSY;
        for (var patience = connection.Patience(); code == raw.SQLITE_BUSY && patience.WaitOnce();)
        {
            Reset();
            code = raw.sqlite3_step(statement);
        }

        return code;
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run()
    {
        try
        {
            Step();
        }
        finally
        {
            Reset();
        }
    }

    public long Number(int column) => raw.sqlite3_column_int64(statement, column);

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(statement, column).ToArray();

    /// <summary>Lets go of the read transaction; its result repeats the error of the last step and is of no use.</summary>
    public void Reset() => _ = raw.sqlite3_reset(statement);

    public void Dispose() => statement.Dispose();
}
