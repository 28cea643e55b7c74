using System.Globalization;
using Azure.Data.Tables;
using Saas.Storage.Tables;

namespace Saas.Storage.AzureTables;

/// <summary>
/// A row as an entity: its value over as many binary properties of 64 KiB (<c>v0</c>, <c>v1</c>, …) as it needs, and
/// <c>w</c>, a number of the write that made it. By it a writer whose answer was lost knows its own work again.
/// </summary>
internal static class EntityValue
{
    private const int PropertyBytes = 64 * 1024;
    private const string WriteProperty = "w";

    public static TableEntity Entity(string partition, string row, ReadOnlyMemory<byte> value, string writeId)
    {
        var entity = new TableEntity(partition, row) { [WriteProperty] = writeId };
        for (var i = 0; i * PropertyBytes < value.Length; i++)
        {
            var rest = value[(i * PropertyBytes)..];
            entity[Name(i)] = rest[..Math.Min(rest.Length, PropertyBytes)].ToArray();
        }

        return entity;
    }

    public static TableRow Row(TableEntity entity) =>
        new(entity.PartitionKey, entity.RowKey, Value(entity), entity.ETag.ToString());

    public static bool IsOf(TableEntity entity, string writeId) => writeId.Equals(entity[WriteProperty]);

    private static ReadOnlyMemory<byte> Value(TableEntity entity)
    {
        var first = entity.GetBinary(Name(0));
        var second = entity.GetBinary(Name(1));
        if (first is null || second is null)
        {
            return first;
        }

        using var whole = new MemoryStream();
        whole.Write(first);
        for (var i = 1; entity.GetBinary(Name(i)) is { } part; i++)
        {
            whole.Write(part);
        }

        return whole.GetBuffer().AsMemory(0, (int)whole.Length);
    }

    private static string Name(int index) => "v" + index.ToString(CultureInfo.InvariantCulture);
}
