using System.Text.Json;
using Saas.Keys;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Encryption.Mounts;

/// <summary>Reads and writes the row of a project's mounts, sealed as everything is that a tenant stores here.</summary>
internal sealed class SealedMounts(TenantKeys keys)
{
    /// <summary>Null: nobody has changed the project's mounts.</summary>
    /// <exception cref="TenantKeysDestroyedException">Nothing of the tenant can be read any more.</exception>
    public async ValueTask<Document<MountTableRecord>?> FindAsync(TenantScope tenant, string projectId, CancellationToken ct)
    {
        var rows = tenant.MountsOf(projectId);
        if (await rows.GetAsync(MountRows.Row, ct) is not { } row)
        {
            return null;
        }

        using var seal = await keys.OpenAsync(tenant, ct);
        using var plain = seal.Open(rows, row.Row, row.Value.Span);
        var table = JsonSerializer.Deserialize(plain.Span, MountJson.Default.MountTableRecord)
            ?? throw new InvalidDataException("The row of a project's mounts holds null.");
        return new Document<MountTableRecord>(row.Row, table, row.ETag);
    }

    /// <param name="etag">Of the row as it was read; null: there was none.</param>
    public async ValueTask<bool> TryWriteAsync(
        TenantScope tenant, string projectId, MountTableRecord table, string? etag, CancellationToken ct)
    {
        var rows = tenant.MountsOf(projectId);
        using var seal = await keys.OpenAsync(tenant, ct);
        var value = seal.Seal(rows, MountRows.Row, JsonSerializer.SerializeToUtf8Bytes(table, MountJson.Default.MountTableRecord));
        var write = etag is null ? TableWrite.Insert(MountRows.Row, value) : TableWrite.Replace(MountRows.Row, value, etag);
        return (await rows.WriteAsync(write, ct)).IsDone;
    }
}
