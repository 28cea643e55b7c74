using System.Buffers;
using System.Text;
using Azure.Core;

namespace Azure.Data.Tables.Internal;

/// <summary>An entity group transaction: a batch with one change set whose parts are HTTP requests.</summary>
internal sealed class ChangeSet(TableRest rest, string table, IReadOnlyList<TableTransactionAction> actions)
{
    private readonly string _batch = $"batch_{Guid.NewGuid()}";
    private readonly string _changes = $"changeset_{Guid.NewGuid()}";

    public string ContentType => $"multipart/mixed; boundary={_batch}";

    public ReadOnlyMemory<byte> Write()
    {
        var body = new ArrayBufferWriter<byte>();
        Line(body, $"--{_batch}");
        Line(body, $"Content-Type: multipart/mixed; boundary={_changes}");
        Line(body, "");
        foreach (var action in actions)
        {
            WritePart(body, action);
        }

        Line(body, $"--{_changes}--");
        Line(body, $"--{_batch}--");
        return body.WrittenMemory;
    }

    private void WritePart(ArrayBufferWriter<byte> body, TableTransactionAction action)
    {
        var entity = action.Entity;
        Line(body, $"--{_changes}");
        Line(body, "Content-Type: application/http");
        Line(body, "Content-Transfer-Encoding: binary");
        Line(body, "");
        var address = action.ActionType == TableTransactionActionType.Add
            ? rest.TableAddress(table)
            : rest.EntityAddress(table, entity.PartitionKey, entity.RowKey);
        Line(body, $"{Method(action.ActionType)} {address} HTTP/1.1");
        Line(body, "Accept: application/json;odata=minimalmetadata");
        Line(body, "DataServiceVersion: 3.0");
        Line(body, "Prefer: return-no-content");
        if (action.ActionType is TableTransactionActionType.UpdateReplace or TableTransactionActionType.Delete)
        {
            Line(body, $"If-Match: {(action.ETag == default ? ETag.All : action.ETag)}");
        }

        if (action.ActionType != TableTransactionActionType.Delete)
        {
            Line(body, "Content-Type: application/json");
            Line(body, "");
            body.Write(EntityJson.Write(entity).Span);
        }

        Line(body, "");
        Line(body, "");
    }

    private static RequestMethod Method(TableTransactionActionType type) => type switch
    {
        TableTransactionActionType.Add => RequestMethod.Post,
        TableTransactionActionType.UpdateReplace or TableTransactionActionType.UpsertReplace => RequestMethod.Put,
        TableTransactionActionType.Delete => RequestMethod.Delete,
        _ => throw new NotSupportedException($"{type} is not sent here."),
    };

    private static void Line(ArrayBufferWriter<byte> body, string text) =>
        body.Write(Encoding.UTF8.GetBytes(text + "\r\n"));
}
