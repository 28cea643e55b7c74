using System.Buffers;
using System.Text.Json;

namespace Azure.Data.Tables.Internal;

/// <summary>Entities in the service's JSON format. Bytes are base 64, announced by an annotation beside them.</summary>
internal static class EntityJson
{
    private const string TypeSuffix = "@odata.type";
    private const string Binary = "Edm.Binary";

    public static ReadOnlyMemory<byte> Write(ITableEntity entity)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("PartitionKey", entity.PartitionKey);
            json.WriteString("RowKey", entity.RowKey);
            foreach (var (name, value) in AsTableEntity(entity).Properties)
            {
                WriteProperty(json, name, value);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    public static T Read<T>(JsonElement json)
        where T : class, ITableEntity
    {
        var entity = new TableEntity();
        foreach (var property in json.EnumerateObject())
        {
            ReadProperty(json, property, entity);
        }

        return entity as T ?? throw new NotSupportedException($"Only {nameof(TableEntity)} is read here.");
    }

    private static TableEntity AsTableEntity(ITableEntity entity) =>
        entity as TableEntity ?? throw new NotSupportedException($"Only {nameof(TableEntity)} is written here.");

    private static void WriteProperty(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case byte[] bytes:
                json.WriteString(name + TypeSuffix, Binary);
                json.WriteBase64String(name, bytes);
                break;
            case string text:
                json.WriteString(name, text);
                break;
            default:
                throw new NotSupportedException($"A property of type {value.GetType().Name} is not written here.");
        }
    }

    private static void ReadProperty(JsonElement json, JsonProperty property, TableEntity entity)
    {
        switch (property.Name)
        {
            case "PartitionKey":
                entity.PartitionKey = property.Value.GetString()!;
                break;
            case "RowKey":
                entity.RowKey = property.Value.GetString()!;
                break;
            case "Timestamp":
                entity.Timestamp = property.Value.GetDateTimeOffset();
                break;
            case "odata.etag":
                entity.ETag = new ETag(property.Value.GetString()!);
                break;
            case var name when property.Value.ValueKind == JsonValueKind.String && !name.Contains("odata.", StringComparison.Ordinal):
                entity[name] = json.TryGetProperty(name + TypeSuffix, out var type) && type.ValueEquals(Binary)
                    ? property.Value.GetBytesFromBase64()
                    : property.Value.GetString()!;
                break;
        }
    }
}
