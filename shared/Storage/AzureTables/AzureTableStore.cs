using Azure;
using Azure.Core;
using Azure.Data.Tables;
using Saas.Storage.Tables;

namespace Saas.Storage.AzureTables;

/// <summary>
/// The production store: Azure Table storage. A table is made when a write finds it missing.
/// <para>
/// Every call is retried by Azure.Core, so a write may take place and be sent again because its answer was lost. Inserts,
/// replaces and upserts know their own work again (see <see cref="EntityValue"/>) and report it as done. A delete
/// cannot: sent twice it reports <see cref="WriteOutcome.NotFound"/>, as does a batch of nothing but deletes. Only if
/// another writer changes the row between the two tries does a write that took place report a refusal.
/// </para>
/// </summary>
public sealed class AzureTableStore : ITableStore
{
    private readonly TableServiceClient _service;

    public AzureTableStore(TableServiceClient service) => _service = service;

    /// <param name="connectionString">With the account's name and key.</param>
    /// <exception cref="FormatException">It is malformed.</exception>
    public static AzureTableStore FromConnectionString(string connectionString) =>
        new(new TableServiceClient(connectionString, Options()));

    /// <param name="endpoint"><c>https://ACCOUNT.table.core.windows.net</c></param>
    public static AzureTableStore FromCredential(Uri endpoint, TokenCredential credential) =>
        new(new TableServiceClient(endpoint, credential, Options()));

    /// <summary>
    /// Five retries from 100 ms: throttling of a partition passes within a second or two. A try may take 15 s, less
    /// than the service's own 30, since callers wait.
    /// </summary>
    public static TableClientOptions Options() => new()
    {
        Retry =
        {
            Mode = RetryMode.Exponential,
            MaxRetries = 5,
            Delay = TimeSpan.FromMilliseconds(100),
            MaxDelay = TimeSpan.FromSeconds(5),
            NetworkTimeout = TimeSpan.FromSeconds(15),
        },
    };

    public ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct)
    {
        TableRules.CheckPartition(table, partition);
        TableKeys.Check(row, nameof(row));
        return TableServiceFault.GuardAsync(
            async () => await FindAsync(Open(table), partition, row, ct) is { } entity ? EntityValue.Row(entity) : null, ct);
    }

    public ValueTask<WriteResult> WriteAsync(string table, string partition, TableWrite write, CancellationToken ct)
    {
        TableRules.CheckPartition(table, partition);
        TableRules.CheckWrite(write);
        return TableServiceFault.GuardAsync(() => SingleWrite.RunAsync(Open(table), partition, write, ct), ct);
    }

    public ValueTask<BatchResult> WriteBatchAsync(
        string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
    {
        TableRules.CheckPartition(table, partition);
        TableRules.CheckBatch(writes);
        return TableServiceFault.GuardAsync(() => BatchWrite.RunAsync(Open(table), partition, writes, ct), ct);
    }

    public ValueTask<TablePage> QueryAsync(
        string table, string partition, RowRange range, int take, string? continuation, CancellationToken ct)
    {
        TableRules.CheckPartition(table, partition);
        TableRules.CheckTake(take);
        return TableServiceFault.GuardAsync(() => PageAsync(Open(table), Filter(partition, range), take, continuation, ct), ct);
    }

    public ValueTask<TablePage> ScanAsync(string table, int take, string? continuation, CancellationToken ct)
    {
        TableKeys.CheckTable(table);
        TableRules.CheckTake(take);
        return TableServiceFault.GuardAsync(() => PageAsync(Open(table), null, take, continuation, ct), ct);
    }

    internal static async Task<TableEntity?> FindAsync(TableClient table, string partition, string row, CancellationToken ct)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: ct);
        return found.HasValue ? found.Value : null;
    }

    private static async Task<TablePage> PageAsync(
        TableClient table, string? filter, int take, string? continuation, CancellationToken ct)
    {
        try
        {
            var pages = table.QueryAsync<TableEntity>(filter, take, cancellationToken: ct).AsPages(continuation, take);
            await foreach (var page in pages.WithCancellation(ct))
            {
                return new TablePage(page.Values.Select(EntityValue.Row).ToArray(), page.ContinuationToken);
            }
        }
        catch (RequestFailedException e) when (TableServiceFault.IsTableMissing(e))
        {
            // Nobody has written to it yet.
        }

        return new TablePage([], null);
    }

    private static string Filter(string partition, RowRange range)
    {
        var filter = $"PartitionKey eq {Literal(partition)}";
        filter += range.From is null ? "" : $" and RowKey ge {Literal(range.From)}";
        return filter + (range.To is null ? "" : $" and RowKey lt {Literal(range.To)}");
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private TableClient Open(string table) => _service.GetTableClient(table);
}
