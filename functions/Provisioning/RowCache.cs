using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Saas.Storage.Tables;

namespace Saas.Provisioning;

/// <summary>
/// What rows say, by their ETags: every reading goes to the store, and a row that is as it was is not parsed again. So nothing
/// is ever stale, and what is saved is what costs most. Bounded: the partitions least lately read leave first. Safe for
/// concurrent use.
/// </summary>
/// <param name="maxBytes">Of the stored texts; objects take about twice as much memory.</param>
internal sealed class RowCache<T>(JsonTypeInfo<T> type, long maxBytes = 32 * 1024 * 1024)
    where T : class
{
    private const int MaxPartitions = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Partition> _partitions = new(StringComparer.Ordinal);
    private long _bytes;
    private long _uses;

    /// <summary>Of the texts of what is kept, for tests.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <param name="firstPage">How many rows are read at first, 1 to 1000; then twice as many each time. For who may not want all.</param>
    public async IAsyncEnumerable<Document<T>> ReadAllAsync(
        TablePartition rows, RowRange range, [EnumeratorCancellation] CancellationToken ct, int firstPage = TableLimits.MaxPageRows)
    {
        var (known, pass) = Enter(rows.Key);
        var (continuation, seen, take, last) = ((string?)null, 0, firstPage, (Kept?)null);
        do
        {
            var page = await rows.QueryAsync(range, take, continuation, ct);
            foreach (var row in page.Rows)
            {
                seen++;
                var (document, kept) = Read(known, row, last, pass);
                if (kept is not null && last is not null)
                {
                    last.Next = kept;
                }

                last = kept;
                yield return document;
            }

            (continuation, take) = (page.Continuation, Math.Min(TableLimits.MaxPageRows, 2 * take));
        }
        while (continuation is not null);

        if (range == RowRange.All && known.Rows.Count > seen)
        {
            Forget(known, pass);
        }
    }

    private (Partition Known, long Pass) Enter(string key)
    {
        lock (_gate)
        {
            if (!_partitions.TryGetValue(key, out var known))
            {
                if (_partitions.Count == MaxPartitions)
                {
                    Drop(LeastUsed(except: null)!);
                }

                _partitions[key] = known = new Partition();
            }

            known.UsedAt = ++_uses;
            return (known, _uses);
        }
    }

    /// <param name="last">Of the row before; null: not known.</param>
    private (Document<T> Document, Kept? Kept) Read(Partition known, TableRow row, Kept? last, long pass)
    {
        if (last?.Next is not { } kept || kept.Document.Row != row.Row)
        {
            known.Rows.TryGetValue(row.Row, out kept);
        }

        if (kept is not null && kept.Document.ETag == row.ETag)
        {
            kept.Pass = Math.Max(kept.Pass, pass);
            return (kept.Document, kept);
        }

        return Keep(known, row, pass);
    }

    private (Document<T> Document, Kept? Kept) Keep(Partition known, TableRow row, long pass)
    {
        var document = TablePartition.Read(row, type);
        lock (_gate)
        {
            var more = row.Value.Length - (known.Rows.TryGetValue(row.Row, out var older) ? older.Bytes : 0);
            while (_bytes + more > maxBytes && LeastUsed(except: known) is { } oldest)
            {
                Drop(oldest);
            }

            if (known.IsGone || _bytes + more > maxBytes)
            {
                return (document, null);
            }

            _bytes += more;
            return (document, known.Rows[row.Row] = new Kept(document, row.Value.Length) { Pass = pass });
        }
    }

    /// <summary>Rows that were not met any more when all were read.</summary>
    private void Forget(Partition known, long pass)
    {
        lock (_gate)
        {
            foreach (var (row, kept) in known.Rows)
            {
                if (kept.Pass < pass && known.Rows.TryRemove(row, out _))
                {
                    _bytes -= kept.Bytes;
                }
            }
        }
    }

    private string? LeastUsed(Partition? except) =>
        _partitions.Where(entry => entry.Value != except).MinBy(static entry => entry.Value.UsedAt).Key;

    private void Drop(string key)
    {
        _partitions.Remove(key, out var dropped);
        dropped!.IsGone = true;
        _bytes -= dropped.Rows.Values.Sum(static kept => (long)kept.Bytes);
    }

    private sealed class Partition
    {
        public ConcurrentDictionary<string, Kept> Rows { get; } = new(StringComparer.Ordinal);

        // The owner's lock guards these.
        public long UsedAt { get; set; }
        public bool IsGone { get; set; }
    }

    private sealed class Kept(Document<T> document, int bytes)
    {
        public Document<T> Document => document;
        public int Bytes => bytes;

        /// <summary>Of the latest reading that met it.</summary>
        public long Pass { get; set; }

        /// <summary>
        /// What probably stands behind it, as a reading met it: to follow this costs a quarter of finding the row by its
        /// name. Readings correct each other, and who follows compares.
        /// </summary>
        public Kept? Next { get; set; }
    }
}
