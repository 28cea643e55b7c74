using System.Text;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Kv;

/// <summary>A look at what the engine stores.</summary>
internal static class KvStore
{
    public const string Table = "kvsecrets";

    public static IReadOnlyList<TableRow> Rows(this ITableStore store, string table = Table)
    {
        List<TableRow> rows = [];
        string? continuation = null;
        do
        {
            var page = store.ScanAsync(table, 1000, continuation, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            rows.AddRange(page.Rows);
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return rows;
    }

    /// <summary>Rows that hold versions' values.</summary>
    public static int ValueRows(this ITableStore store) => store.Rows().Count(row => row.Row[0] == 'v');

    /// <summary>Keys and values, as anybody who has the store sees them: a byte is a character.</summary>
    public static string Text(this IEnumerable<TableRow> rows) =>
        string.Join('\n', rows.Select(row => $"{row.Partition} {row.Row} {Encoding.Latin1.GetString(row.Value.Span)}"));
}

/// <summary>A store that fails the writes a test wants to fail.</summary>
internal sealed class FaultyStore : InMemoryTableStore
{
    /// <summary>Called with every batch on the engine's table.</summary>
    public Func<IReadOnlyList<TableWrite>, Fault> OnWrite { get; set; } = _ => Fault.None;

    public override async ValueTask<BatchResult> WriteBatchAsync(
        string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
    {
        var fault = table == KvStore.Table ? OnWrite(writes) : Fault.None;
        if (fault == Fault.Before)
        {
            throw new Storage.StorageUnavailableException("The store was told to fail before it wrote.");
        }

        var result = await base.WriteBatchAsync(table, partition, writes, ct);
        return fault switch
        {
            Fault.After => throw new Storage.StorageUnavailableException("The store was told to fail after it wrote."),

            // As a client sees it whose first answer was lost and who asks again.
            Fault.Repeated => await base.WriteBatchAsync(table, partition, writes, ct),
            _ => result,
        };
    }
}

internal enum Fault
{
    None,
    Before,
    After,
    Repeated,
}
