namespace Saas.Storage.Tables;

/// <summary>
/// Rows in partitions, with the semantics of Azure Table storage. Adapters must hold to what follows; the contract
/// suite in tests/Contracts checks it.
/// <list type="number">
/// <item>Keys are 1 to 512 printable ASCII characters without <c>/ \ # ? %</c>; anything else is an
/// <see cref="ArgumentException"/> and nothing is sent. Tables are named by 3 to 63 lower-case letters and digits,
/// beginning with a letter, and come into being at their first use.</item>
/// <item>Rows of a partition are ordered by the ordinal order of their row keys.</item>
/// <item>Every acknowledged write is durable and seen by every later read of any instance.</item>
/// <item>An ETag changes with every write of its row and never comes back.</item>
/// <item>A refused write has no effect and is told by its <see cref="WriteOutcome"/>, not by an exception.
/// Throttling, time-outs and faults of the service are <see cref="StorageUnavailableException"/> after the adapter's
/// own retries; the write may then have taken place.</item>
/// <item>Safe for concurrent use. Cancellation may leave a write done or not done, never half done.</item>
/// </list>
/// Only composition roots and <see cref="TenantScope"/>/<see cref="PlatformScope"/> touch this port.
/// </summary>
public interface ITableStore
{
    /// <summary>The row, or null.</summary>
    ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct);

    ValueTask<WriteResult> WriteAsync(string table, string partition, TableWrite write, CancellationToken ct);

    /// <summary>All of 1 to <see cref="TableLimits.MaxBatchRows"/> writes to different rows, or none.</summary>
    /// <exception cref="ArgumentException">Too many writes, a row named twice, or too many bytes.</exception>
    ValueTask<BatchResult> WriteBatchAsync(
        string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct);

    /// <summary>
    /// One page of the partition's rows within <paramref name="range"/>, in order. A page may be shorter than
    /// <paramref name="take"/> (1 to 1000), even empty, and still have a continuation.
    /// </summary>
    /// <param name="continuation">Null for the first page, then what the last page gave.</param>
    ValueTask<TablePage> QueryAsync(
        string table, string partition, RowRange range, int take, string? continuation, CancellationToken ct);

    /// <summary>One page of all rows of the table, ordered by partition key, then row key.</summary>
    ValueTask<TablePage> ScanAsync(string table, int take, string? continuation, CancellationToken ct);
}

public static class TableLimits
{
    public const int MaxBatchRows = 100;
    public const int MaxKeyLength = 512;

    /// <summary>Of one row's value. Azure: 1 MiB an entity, 64 KiB a property.</summary>
    public const int MaxValueBytes = 960 * 1024;

    /// <summary>Of all values of a batch. Azure: 4 MiB a change set, on the wire, in base 64.</summary>
    public const int MaxBatchBytes = 2_900_000;

    public const int MaxPageRows = 1000;
}

/// <param name="ETag">Opaque; only ever compared for equality.</param>
public sealed record TableRow(string Partition, string Row, ReadOnlyMemory<byte> Value, string ETag);

/// <param name="Continuation">Null on the last page.</param>
public sealed record TablePage(IReadOnlyList<TableRow> Rows, string? Continuation);

/// <summary>Row keys from <see cref="From"/> (inclusive) to <see cref="To"/> (exclusive); null is open.</summary>
public readonly record struct RowRange(string? From, string? To)
{
    public static readonly RowRange All = new(null, null);

    /// <summary>The rows whose keys begin with <paramref name="prefix"/> (not empty).</summary>
    public static RowRange Prefix(string prefix) => new(prefix, string.Concat(prefix.AsSpan(0, prefix.Length - 1), [(char)(prefix[^1] + 1)]));
}

public enum TableWriteKind
{
    /// <summary>The row must not exist.</summary>
    Insert,

    /// <summary>The row must exist with the ETag given.</summary>
    Replace,

    /// <summary>Whatever is there.</summary>
    Upsert,

    /// <summary>The row must exist, with the ETag where one is given.</summary>
    Delete,
}

public readonly record struct TableWrite
{
    private TableWrite(TableWriteKind kind, string row, ReadOnlyMemory<byte> value, string? etag) =>
        (Kind, Row, Value, ETag) = (kind, row, value, etag);

    public TableWriteKind Kind { get; }
    public string Row { get; }
    public ReadOnlyMemory<byte> Value { get; }
    public string? ETag { get; }

    public static TableWrite Insert(string row, ReadOnlyMemory<byte> value) => new(TableWriteKind.Insert, row, value, null);
    public static TableWrite Replace(string row, ReadOnlyMemory<byte> value, string etag) => new(TableWriteKind.Replace, row, value, etag);
    public static TableWrite Upsert(string row, ReadOnlyMemory<byte> value) => new(TableWriteKind.Upsert, row, value, null);
    public static TableWrite Delete(string row, string? etag = null) => new(TableWriteKind.Delete, row, default, etag);
}

public enum WriteOutcome
{
    Done,

    /// <summary>An insert found the row there.</summary>
    AlreadyExists,

    /// <summary>The row has another ETag by now.</summary>
    ETagMismatch,

    /// <summary>A replace or delete found no row.</summary>
    NotFound,
}

/// <param name="ETag">The row's new ETag; null unless done, and after a delete.</param>
public readonly record struct WriteResult(WriteOutcome Outcome, string? ETag)
{
    public bool IsDone => Outcome == WriteOutcome.Done;
}

/// <param name="ETags">By write; empty unless done.</param>
/// <param name="FailedIndex">The first write that was refused; -1 when done.</param>
public sealed record BatchResult(WriteOutcome Outcome, IReadOnlyList<string?> ETags, int FailedIndex)
{
    public bool IsDone => Outcome == WriteOutcome.Done;
}
