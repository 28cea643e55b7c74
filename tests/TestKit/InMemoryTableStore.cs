using System.Globalization;
using Saas.Storage.Tables;

namespace Saas.TestKit;

/// <summary>
/// The port's semantics in the fewest lines: a sorted dictionary behind a lock. The model that adapters are compared
/// with, and a store for tests that need none on a disk. It passes the contract suite itself.
/// </summary>
public class InMemoryTableStore : ITableStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<(string Table, string Partition, string Row), (byte[] Value, string ETag)> _rows =
        new(Comparer<(string Table, string Partition, string Row)>.Create(static (a, b) => CompareKeys(a, b)));

    private long _lastETag;

    /// <summary>The tables that have rows.</summary>
    public IReadOnlyList<string> TableNames
    {
        get
        {
            lock (_gate)
            {
                return [.. _rows.Keys.Select(key => key.Table).Distinct()];
            }
        }
    }

    public virtual ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct)
    {
        Check(table, partition);
        TableKeys.Check(row, nameof(row));
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(_rows.TryGetValue((table, partition, row), out var found)
                ? new TableRow(partition, row, found.Value, found.ETag)
                : null);
        }
    }

    public virtual async ValueTask<WriteResult> WriteAsync(string table, string partition, TableWrite write, CancellationToken ct)
    {
        var result = await WriteBatchAsync(table, partition, [write], ct);
        return new WriteResult(result.Outcome, result.IsDone ? result.ETags[0] : null);
    }

    public virtual ValueTask<BatchResult> WriteBatchAsync(
        string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
    {
        Check(table, partition);
        CheckBatch(writes);
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            for (var i = 0; i < writes.Count; i++)
            {
                var outcome = Judge(table, partition, writes[i]);
                if (outcome != WriteOutcome.Done)
                {
                    return ValueTask.FromResult(new BatchResult(outcome, [], i));
                }
            }

            return ValueTask.FromResult(
                new BatchResult(WriteOutcome.Done, writes.Select(write => Put(table, partition, write)).ToArray(), -1));
        }
    }

    public virtual ValueTask<TablePage> QueryAsync(
        string table, string partition, RowRange range, int take, string? continuation, CancellationToken ct)
    {
        Check(table, partition);
        return ValueTask.FromResult(Page(take, isScan: false, key =>
            key.Table == table && key.Partition == partition
            && string.CompareOrdinal(key.Row, range.From) >= 0
            && (range.To is null || string.CompareOrdinal(key.Row, range.To) < 0)
            && string.CompareOrdinal(key.Row, continuation) > 0, ct));
    }

    public virtual ValueTask<TablePage> ScanAsync(string table, int take, string? continuation, CancellationToken ct)
    {
        TableKeys.CheckTable(table);
        var after = continuation?.Split('\n');
        return ValueTask.FromResult(Page(take, isScan: true, key =>
            key.Table == table && (after is null || CompareKeys(key, (table, after[0], after[1])) > 0), ct));
    }

    private TablePage Page(
        int take, bool isScan, Func<(string Table, string Partition, string Row), bool> isWanted, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, TableLimits.MaxPageRows);
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var found = _rows.Where(row => isWanted(row.Key)).Take(take + 1)
                .Select(row => new TableRow(row.Key.Partition, row.Key.Row, row.Value.Value, row.Value.ETag)).ToList();
            if (found.Count <= take)
            {
                return new TablePage(found, null);
            }

            found.RemoveAt(take);
            return new TablePage(found, isScan ? $"{found[^1].Partition}\n{found[^1].Row}" : found[^1].Row);
        }
    }

    private WriteOutcome Judge(string table, string partition, in TableWrite write)
    {
        var exists = _rows.TryGetValue((table, partition, write.Row), out var found);
        return (write.Kind, exists) switch
        {
            (TableWriteKind.Upsert, _) or (TableWriteKind.Insert, false) => WriteOutcome.Done,
            (TableWriteKind.Insert, true) => WriteOutcome.AlreadyExists,
            (_, false) => WriteOutcome.NotFound,
            _ => write.ETag is null || write.ETag == found.ETag ? WriteOutcome.Done : WriteOutcome.ETagMismatch,
        };
    }

    private string? Put(string table, string partition, in TableWrite write)
    {
        if (write.Kind == TableWriteKind.Delete)
        {
            _rows.Remove((table, partition, write.Row));
            return null;
        }

        var etag = (++_lastETag).ToString(CultureInfo.InvariantCulture);
        _rows[(table, partition, write.Row)] = (write.Value.ToArray(), etag);
        return etag;
    }

    private static int CompareKeys(
        in (string Table, string Partition, string Row) a, in (string Table, string Partition, string Row) b)
    {
        var order = string.CompareOrdinal(a.Table, b.Table);
        order = order != 0 ? order : string.CompareOrdinal(a.Partition, b.Partition);
        return order != 0 ? order : string.CompareOrdinal(a.Row, b.Row);
    }

    private static void Check(string table, string partition)
    {
        TableKeys.CheckTable(table);
        TableKeys.Check(partition, nameof(partition));
    }

    private static void CheckBatch(IReadOnlyList<TableWrite> writes)
    {
        if (writes.Count is < 1 or > TableLimits.MaxBatchRows
            || writes.DistinctBy(static write => write.Row).Count() != writes.Count
            || writes.Sum(static write => write.Value.Length) > TableLimits.MaxBatchBytes
            || writes.Any(static write => write.Value.Length > TableLimits.MaxValueBytes))
        {
            throw new ArgumentException("Too few, too many or too large writes, or a row named twice.", nameof(writes));
        }

        foreach (var write in writes)
        {
            TableKeys.Check(write.Row, nameof(writes));
            if (write.Kind == TableWriteKind.Replace && string.IsNullOrEmpty(write.ETag))
            {
                throw new ArgumentException("A replace names the ETag it replaces.", nameof(writes));
            }
        }
    }
}
