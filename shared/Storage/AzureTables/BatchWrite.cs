using Azure;
using Azure.Data.Tables;
using Saas.Storage.Tables;

namespace Saas.Storage.AzureTables;

/// <summary>A batch as one entity group transaction; made again once if the table was missing.</summary>
internal static class BatchWrite
{
    /// <summary>
    /// For a row of a batch of ours that another writer has changed since: of the form the service demands, and older
    /// than every row.
    /// </summary>
    private const string PassedETag = "W/\"datetime'2000-01-01T00%3A00%3A00.0000000Z'\"";

    public static async Task<BatchResult> RunAsync(
        TableClient table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
    {
        var writeId = Guid.NewGuid().ToString("n");
        try
        {
            return await SendAsync(table, partition, writes, writeId, ct);
        }
        catch (RequestFailedException e) when (TableServiceFault.IsTableMissing(e))
        {
            await table.CreateIfNotExistsAsync(ct);
            return await SendAsync(table, partition, writes, writeId, ct);
        }
    }

    private static async Task<BatchResult> SendAsync(
        TableClient table, string partition, IReadOnlyList<TableWrite> writes, string writeId, CancellationToken ct)
    {
        try
        {
            var answers = await table.SubmitTransactionAsync(writes.Select(write => Action(partition, write, writeId)), ct);
            var etags = answers.Value.Select((answer, i) =>
                writes[i].Kind == TableWriteKind.Delete ? null : answer.Headers.ETag.ToString());
            return new BatchResult(WriteOutcome.Done, etags.ToArray(), -1);
        }
        catch (TableTransactionFailedException e) when (TableServiceFault.Outcome(e) is { } outcome)
        {
            return await FindOwnAsync(table, partition, writes, writeId, ct)
                ?? new BatchResult(outcome, [], e.FailedTransactionActionIndex ?? 0);
        }
    }

    private static TableTransactionAction Action(string partition, in TableWrite write, string writeId)
    {
        var entity = EntityValue.Entity(partition, write.Row, write.Value, writeId);
        return write.Kind switch
        {
            TableWriteKind.Insert => new TableTransactionAction(TableTransactionActionType.Add, entity),
            TableWriteKind.Replace => new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, new ETag(write.ETag!)),
            TableWriteKind.Upsert => new TableTransactionAction(TableTransactionActionType.UpsertReplace, entity),
            _ => new TableTransactionAction(
                TableTransactionActionType.Delete, entity, write.ETag is null ? ETag.All : new ETag(write.ETag)),
        };
    }

    /// <summary>
    /// Whether this batch was done by an earlier try whose answer was lost. A batch is done as a whole, so one row that
    /// carries its number tells; null: it was not, or it only deletes.
    /// </summary>
    private static async Task<BatchResult?> FindOwnAsync(
        TableClient table, string partition, IReadOnlyList<TableWrite> writes, string writeId, CancellationToken ct)
    {
        var etags = new string?[writes.Count];
        var isOwn = false;
        for (var i = 0; i < writes.Count; i++)
        {
            if (writes[i].Kind == TableWriteKind.Delete)
            {
                continue;
            }

            var found = await AzureTableStore.FindAsync(table, partition, writes[i].Row, ct);
            if (found is not null && EntityValue.IsOf(found, writeId))
            {
                (isOwn, etags[i]) = (true, found.ETag.ToString());
            }
            else if (!isOwn)
            {
                return null;
            }
            else
            {
                etags[i] = PassedETag;
            }
        }

        return isOwn ? new BatchResult(WriteOutcome.Done, etags, -1) : null;
    }
}
