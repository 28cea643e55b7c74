using System.Globalization;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>
/// As TestKit's store in memory, but by partition: a day has some hundred thousand queries. It answers at once, on the
/// caller's thread, and keeps a list of what changed, so that invariants look at every row that did.
/// </summary>
internal sealed class SimulatedStore : ITableStore
{
    private const int MostInAStep = 20_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Table, string Partition), SortedList<string, TableRow>> _partitions = [];
    private readonly List<RowName> _changes = [];
    private long _lastETag;

    /// <summary>The rows written or deleted since the last call, in order; a row may come several times.</summary>
    public IReadOnlyList<RowName> TakeChanges()
    {
        lock (_gate)
        {
            RowName[] taken = [.. _changes];
            _changes.Clear();
            return taken;
        }
    }

    public TableRow? Find(RowName name)
    {
        lock (_gate)
        {
            return _partitions.GetValueOrDefault((name.Table, name.Partition))?.GetValueOrDefault(name.Row);
        }
    }

    public ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct) =>
        ValueTask.FromResult(Find(new RowName(table, partition, row)));

    public async ValueTask<WriteResult> WriteAsync(string table, string partition, TableWrite write, CancellationToken ct)
    {
        var result = await WriteBatchAsync(table, partition, [write], ct);
        return new WriteResult(result.Outcome, result.IsDone ? result.ETags[0] : null);
    }

    public ValueTask<BatchResult> WriteBatchAsync(
        string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
    {
        if (writes.Count is < 1 or > TableLimits.MaxBatchRows
            || writes.DistinctBy(static write => write.Row).Count() != writes.Count
            || writes.Sum(static write => write.Value.Length) > TableLimits.MaxBatchBytes)
        {
            throw new ArgumentException("Too few, too many or too large writes, or a row named twice.", nameof(writes));
        }

        lock (_gate)
        {
            var rows = RowsOf(table, partition);
            for (var i = 0; i < writes.Count; i++)
            {
                if (Judge(rows, writes[i]) is var outcome and not WriteOutcome.Done)
                {
                    return ValueTask.FromResult(new BatchResult(outcome, [], i));
                }
            }

            return ValueTask.FromResult(
                new BatchResult(WriteOutcome.Done, [.. writes.Select(write => Put(rows, table, partition, write))], -1));
        }
    }

    public ValueTask<TablePage> QueryAsync(
        string table, string partition, RowRange range, int take, string? continuation, CancellationToken ct)
    {
        lock (_gate)
        {
            var rows = RowsOf(table, partition);
            var found = new List<TableRow>();
            var at = continuation is null ? FirstFrom(rows, range.From ?? "") : FirstFrom(rows, continuation + "\0");
            for (; at < rows.Count && (range.To is null || string.CompareOrdinal(rows.Keys[at], range.To) < 0); at++)
            {
                if (found.Count == take)
                {
                    return ValueTask.FromResult(new TablePage(found, found[^1].Row));
                }

                found.Add(rows.Values[at]);
            }

            return ValueTask.FromResult(new TablePage(found, null));
        }
    }

    public ValueTask<TablePage> ScanAsync(string table, int take, string? continuation, CancellationToken ct) =>
        throw new NotSupportedException("A cell scans no table.");

    private SortedList<string, TableRow> RowsOf(string table, string partition)
    {
        if (!_partitions.TryGetValue((table, partition), out var rows))
        {
            rows = new SortedList<string, TableRow>(StringComparer.Ordinal);
            _partitions.Add((table, partition), rows);
        }

        return rows;
    }

    private static int FirstFrom(SortedList<string, TableRow> rows, string key)
    {
        var (low, high) = (0, rows.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = string.CompareOrdinal(rows.Keys[middle], key) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static WriteOutcome Judge(SortedList<string, TableRow> rows, in TableWrite write)
    {
        var exists = rows.TryGetValue(write.Row, out var found);
        return (write.Kind, exists) switch
        {
            (TableWriteKind.Upsert, _) or (TableWriteKind.Insert, false) => WriteOutcome.Done,
            (TableWriteKind.Insert, true) => WriteOutcome.AlreadyExists,
            (_, false) => WriteOutcome.NotFound,
            _ => write.ETag is null || write.ETag == found!.ETag ? WriteOutcome.Done : WriteOutcome.ETagMismatch,
        };
    }

    private string? Put(SortedList<string, TableRow> rows, string table, string partition, in TableWrite write)
    {
        _changes.Add(new RowName(table, partition, write.Row));
        if (_changes.Count > MostInAStep)
        {
            throw new SimulationException($"the cell writes without end; at last: {string.Join(", ", _changes.TakeLast(8))}");
        }

        if (write.Kind == TableWriteKind.Delete)
        {
            rows.Remove(write.Row);
            return null;
        }

        var etag = (++_lastETag).ToString(CultureInfo.InvariantCulture);
        rows[write.Row] = new TableRow(partition, write.Row, write.Value.ToArray(), etag);
        return etag;
    }
}

internal readonly record struct RowName(string Table, string Partition, string Row);
