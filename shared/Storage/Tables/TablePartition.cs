using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Saas.Storage.Tables;

/// <summary>A row's document with the ETag to write it back with.</summary>
public sealed record Document<T>(string Row, T Value, string ETag);

/// <summary>One partition of one table, opened through a scope: the only way to rows.</summary>
public sealed class TablePartition
{
    private readonly ITableStore _store;

    internal TablePartition(ITableStore store, string table, string key) => (_store, Table, Key) = (store, table, key);

    public string Table { get; }
    public string Key { get; }

    public ValueTask<TableRow?> GetAsync(string row, CancellationToken ct) => _store.GetAsync(Table, Key, row, ct);

    public async ValueTask<Document<T>?> GetAsync<T>(string row, JsonTypeInfo<T> type, CancellationToken ct) =>
        await _store.GetAsync(Table, Key, row, ct) is { } found ? Read(found, type) : null;

    public ValueTask<WriteResult> WriteAsync(TableWrite write, CancellationToken ct) =>
        _store.WriteAsync(Table, Key, write, ct);

    public ValueTask<BatchResult> WriteBatchAsync(IReadOnlyList<TableWrite> writes, CancellationToken ct) =>
        _store.WriteBatchAsync(Table, Key, writes, ct);

    public ValueTask<TablePage> QueryAsync(RowRange range, int take, string? continuation, CancellationToken ct) =>
        _store.QueryAsync(Table, Key, range, take, continuation, ct);

    /// <summary>All rows of the range, page by page.</summary>
    public async IAsyncEnumerable<TableRow> ReadAllAsync(RowRange range, [EnumeratorCancellation] CancellationToken ct)
    {
        string? continuation = null;
        do
        {
            var page = await _store.QueryAsync(Table, Key, range, TableLimits.MaxPageRows, continuation, ct);
            foreach (var row in page.Rows)
            {
                yield return row;
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    /// <summary>All documents of the range, page by page.</summary>
    public async IAsyncEnumerable<Document<T>> ReadAllAsync<T>(
        RowRange range, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var row in ReadAllAsync(range, ct))
        {
            yield return Read(row, type);
        }
    }

    public static Document<T> Read<T>(TableRow row, JsonTypeInfo<T> type) =>
        new(row.Row, JsonSerializer.Deserialize(row.Value.Span, type)
            ?? throw new InvalidDataException($"Row {row.Row} holds null."), row.ETag);

    public static ReadOnlyMemory<byte> Bytes<T>(T value, JsonTypeInfo<T> type) =>
        JsonSerializer.SerializeToUtf8Bytes(value, type);
}
