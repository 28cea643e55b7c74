using System.Text.Json;
using System.Text.Json.Serialization;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Keys.Rows;

/// <summary>
/// A tenant's root key as it lies in the store: wrapped, or the tombstone that says it was destroyed. A root key is
/// never replaced by another, so rows with the same <see cref="CreatedAt"/> hold the same key, however it is wrapped.
/// </summary>
/// <param name="DestroyedAt">Set in a tombstone, and then nothing else is.</param>
internal sealed record RootKeyRow(string? Kek, byte[]? Wrapped, DateTimeOffset? CreatedAt, DateTimeOffset? DestroyedAt)
{
    public const string Table = "rootkeys";
    public const string Row = "root";

    [JsonIgnore]
    public bool IsDestroyed => DestroyedAt is not null;

    public static RootKeyRow Of(WrappedKey wrapped, DateTimeOffset createdAt) => new(wrapped.KekId, wrapped.Bytes, createdAt, null);

    public static RootKeyRow Tombstone(DateTimeOffset destroyedAt) => new(null, null, null, destroyedAt);

    /// <exception cref="InvalidDataException">The row is a tombstone or lacks something.</exception>
    public WrappedKey Key() => Kek is { } kek && Wrapped is { } wrapped && CreatedAt is not null
        ? new WrappedKey(kek, wrapped)
        : throw new InvalidDataException("A row of root keys holds no key.");

    public ReadOnlyMemory<byte> Bytes() => TablePartition.Bytes(this, RootKeyJson.Default.RootKeyRow);
}

internal static class RootKeyRows
{
    public static TablePartition Of(TenantScope tenant) => tenant.Partition(RootKeyRow.Table);

    public static ValueTask<Document<RootKeyRow>?> FindAsync(TenantScope tenant, CancellationToken ct) =>
        Of(tenant).GetAsync(RootKeyRow.Row, RootKeyJson.Default.RootKeyRow, ct);

    public static Document<RootKeyRow> Read(TableRow row) => TablePartition.Read(row, RootKeyJson.Default.RootKeyRow);

    /// <summary>Raised when a tenant's root key was destroyed: every cache in the process drops it at once.</summary>
    public static string Topic(Contracts.TenantId tenant) => "rootkey/" + tenant.Value;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RootKeyRow))]
internal sealed partial class RootKeyJson : JsonSerializerContext;
