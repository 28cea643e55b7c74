using Saas.Storage.Tables;

namespace Saas.Storage.Sqlite;

/// <summary>The one connection that writes. Applies a group of writes in one transaction; used by one thread at a time.</summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>
    /// How many ETags are taken from the file at once. Processes that share the file thus never give the same one, and
    /// a crash only wastes the rest of a block; 2^43 blocks will do.
    /// </summary>
    private const int ETagBlock = 1 << 20;

    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _update;
    private readonly SqliteStatement _delete;
    private readonly SqliteStatement _takeETags;

    private long _nextETag;
    private long _endOfBlock;

    public SqliteWriter(string path, TimeSpan busyTimeout)
    {
        _connection = new SqliteConnection(path, busyTimeout);
        _begin = _connection.Prepare("BEGIN IMMEDIATE");
        _commit = _connection.Prepare("COMMIT");
        _rollback = _connection.Prepare("ROLLBACK");
        _find = _connection.Prepare("SELECT etag FROM rows WHERE tbl = ?1 AND partition = ?2 AND row = ?3");
        _insert = _connection.Prepare("INSERT INTO rows(tbl, partition, row, etag, value) VALUES(?1, ?2, ?3, ?4, ?5)");
        _update = _connection.Prepare(
            "UPDATE rows SET etag = ?4, value = ?5 WHERE tbl = ?1 AND partition = ?2 AND row = ?3");
        _delete = _connection.Prepare("DELETE FROM rows WHERE tbl = ?1 AND partition = ?2 AND row = ?3");
        _takeETags = _connection.Prepare("UPDATE numbers SET next = next + ?1 WHERE name = 'etag' RETURNING next");
    }

    /// <summary>
    /// Every write of the group is either accepted or refused by what the earlier ones left, and the accepted ones
    /// commit together. A fault leaves nothing of the whole group.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The disk is full or failing, or another process held the lock too long.</exception>
    public void Commit(IReadOnlyList<PendingWrite> group)
    {
        TakeETags(group.Sum(static write => write.Count));
        InTransaction(() =>
        {
            foreach (var write in group)
            {
                Apply(write);
            }
        });
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _begin, _commit, _rollback, _find, _insert, _update, _delete, _takeETags })
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    /// <summary>
    /// Looks at all rows first and writes only if none refuses: within the transaction nobody else can change them, so
    /// a refused batch needs no savepoint to be undone.
    /// </summary>
    private void Apply(PendingWrite write)
    {
        Span<bool> found = stackalloc bool[TableLimits.MaxBatchRows];
        for (var i = 0; i < write.Count; i++)
        {
            var etag = Find(write, i);
            found[i] = etag is not null;
            var outcome = Judge(write[i], etag);
            if (outcome != WriteOutcome.Done)
            {
                write.Refuse(outcome, i);
                return;
            }
        }

        for (var i = 0; i < write.Count; i++)
        {
            write.Accept(i, Put(write, i, found[i]));
        }
    }

    private static WriteOutcome Judge(in TableWrite write, long? etag) => write.Kind switch
    {
        TableWriteKind.Insert => etag is null ? WriteOutcome.Done : WriteOutcome.AlreadyExists,
        TableWriteKind.Upsert => WriteOutcome.Done,
        _ when etag is null => WriteOutcome.NotFound,
        _ when write.ETag is null || ETag.Parse(write.ETag) == etag => WriteOutcome.Done,
        _ => WriteOutcome.ETagMismatch,
    };

    private long? Find(PendingWrite write, int index)
    {
        BindKey(_find, write, index);
        try
        {
            return _find.Step() ? _find.Number(0) : null;
        }
        finally
        {
            _find.Reset();
        }
    }

    private string? Put(PendingWrite write, int index, bool exists)
    {
        if (write[index].Kind == TableWriteKind.Delete)
        {
            BindKey(_delete, write, index);
            _delete.Run();
            return null;
        }

        var put = exists ? _update : _insert;
        var etag = _nextETag++;
        BindKey(put, write, index);
        put.Bind(4, etag);
        put.Bind(5, write[index].Value.Span);
        put.Run();
        return ETag.Format(etag);
    }

    private static void BindKey(SqliteStatement statement, PendingWrite write, int index)
    {
        statement.Bind(1, write.Table);
        statement.Bind(2, write.Partition);
        statement.Bind(3, write[index].Row);
    }

    /// <summary>In a transaction of its own: a block taken in one that is rolled back would be given twice.</summary>
    private void TakeETags(int count)
    {
        if (_nextETag + count <= _endOfBlock)
        {
            return;
        }

        InTransaction(() =>
        {
            _takeETags.Bind(1, ETagBlock);
            _ = _takeETags.Step();
            _endOfBlock = _takeETags.Number(0);
            _nextETag = _endOfBlock - ETagBlock;
            _takeETags.Reset();
        });
    }

    private void InTransaction(Action work)
    {
        _begin.Run();
        try
        {
            work();
            _commit.Run();
        }
        catch
        {
            if (_connection.InTransaction)
            {
                _rollback.Run();
            }

            throw;
        }
    }
}
