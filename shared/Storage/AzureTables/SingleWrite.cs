using Azure;
using Azure.Data.Tables;
using Saas.Storage.Tables;

namespace Saas.Storage.AzureTables;

/// <summary>One write as one request; made again once if the table was missing.</summary>
internal static class SingleWrite
{
    public static async Task<WriteResult> RunAsync(TableClient table, string partition, TableWrite write, CancellationToken ct)
    {
        var writeId = Guid.NewGuid().ToString("n");
        try
        {
            return await SendAsync(table, partition, write, writeId, ct);
        }
        catch (RequestFailedException e) when (TableServiceFault.IsTableMissing(e))
        {
            if (write.Kind == TableWriteKind.Replace)
            {
                return new WriteResult(WriteOutcome.NotFound, null);
            }

            await table.CreateIfNotExistsAsync(ct);
            return await SendAsync(table, partition, write, writeId, ct);
        }
    }

    private static async Task<WriteResult> SendAsync(
        TableClient table, string partition, TableWrite write, string writeId, CancellationToken ct)
    {
        try
        {
            var response = await RequestAsync(table, partition, write, writeId, ct);
            return write.Kind == TableWriteKind.Delete
                ? new WriteResult(response.Status == 404 ? WriteOutcome.NotFound : WriteOutcome.Done, null)
                : new WriteResult(WriteOutcome.Done, response.Headers.ETag.ToString());
        }
        catch (RequestFailedException e) when (TableServiceFault.Outcome(e) is { } outcome)
        {
            // Sent twice because the first answer was lost, the second finds what the first did.
            return await AzureTableStore.FindAsync(table, partition, write.Row, ct) is { } found && EntityValue.IsOf(found, writeId)
                ? new WriteResult(WriteOutcome.Done, found.ETag.ToString())
                : new WriteResult(outcome, null);
        }
    }

    private static Task<Response> RequestAsync(
        TableClient table, string partition, in TableWrite write, string writeId, CancellationToken ct)
    {
        TableEntity Entity(in TableWrite of) => EntityValue.Entity(partition, of.Row, of.Value, writeId);
        return write.Kind switch
        {
            TableWriteKind.Insert => table.AddEntityAsync(Entity(write), ct),
            TableWriteKind.Replace => table.UpdateEntityAsync(Entity(write), new ETag(write.ETag!), TableUpdateMode.Replace, ct),
            TableWriteKind.Upsert => table.UpsertEntityAsync(Entity(write), TableUpdateMode.Replace, ct),
            _ => table.DeleteEntityAsync(partition, write.Row, write.ETag is null ? ETag.All : new ETag(write.ETag), ct),
        };
    }
}
