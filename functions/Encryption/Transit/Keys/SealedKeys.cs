using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Saas.Encryption.Transit.Engine;
using Saas.Keys;
using Saas.Storage.Tables;

namespace Saas.Encryption.Transit.Keys;

/// <summary>The rows of keys, opened and sealed.</summary>
internal sealed class SealedKeys(TenantKeys tenantKeys)
{
    public async ValueTask<Document<TransitKey>?> FindAsync(KeyRing ring, string name, CancellationToken ct) =>
        await ring.Rows.GetAsync(KeyRows.Key(name), ct) is { } row ? await OpenAsync(ring, row, TransitKeyJson.Default.TransitKey, ct) : null;

    /// <summary>A document of the mount's rows.</summary>
    /// <exception cref="SealBrokenException">The store's row is not as it was sealed.</exception>
    public async ValueTask<Document<T>> OpenAsync<T>(KeyRing ring, TableRow row, JsonTypeInfo<T> type, CancellationToken ct)
    {
        using var seal = await tenantKeys.OpenAsync(ring.Tenant, ct);
        using var plain = seal.Open(ring.Rows, row.Row, row.Value.Span);
        return new Document<T>(
            row.Row, JsonSerializer.Deserialize(plain.Span, type) ?? throw new InvalidDataException($"Row {row.Row} holds null."), row.ETag);
    }

    /// <summary>Throws what an attempt to use the tenant's keys throws: nothing that is cached outlives them.</summary>
    public async ValueTask CheckAsync(KeyRing ring, CancellationToken ct)
    {
        using var seal = await tenantKeys.OpenRecheckedAsync(ring.Tenant, ct);
    }

    public async ValueTask<byte[]> SealAsync<T>(KeyRing ring, string row, T value, JsonTypeInfo<T> type, CancellationToken ct)
    {
        using var seal = await tenantKeys.OpenAsync(ring.Tenant, ct);
        return seal.Seal(ring.Rows, row, JsonSerializer.SerializeToUtf8Bytes(value, type));
    }

    public async ValueTask<byte[]> SealAsync(KeyRing ring, string row, KeyMaterial material, CancellationToken ct)
    {
        using var seal = await tenantKeys.OpenAsync(ring.Tenant, ct);
        using var plain = material.Serialize();
        return seal.Seal(ring.Rows, row, plain.Span);
    }

    /// <summary>The material of a version; null where its row is gone.</summary>
    public async ValueTask<KeyMaterial?> MaterialAsync(KeyRing ring, string row, CancellationToken ct) =>
        await ring.Rows.GetAsync(row, ct) is { } found ? await MaterialAsync(ring, found, ct) : null;

    public async ValueTask<KeyMaterial> MaterialAsync(KeyRing ring, TableRow row, CancellationToken ct)
    {
        using var seal = await tenantKeys.OpenAsync(ring.Tenant, ct);
        using var plain = seal.Open(ring.Rows, row.Row, row.Value.Span);
        return KeyMaterial.Deserialize(plain.Span);
    }
}
