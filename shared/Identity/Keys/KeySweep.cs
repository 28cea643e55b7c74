using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Storage.Tables;

namespace Saas.Identity.Keys;

/// <summary>
/// Runs with the making of a key: an expired key gives its place back, and a key that is long revoked is forgotten.
/// Until then its holder is told why it does not work.
/// </summary>
public static class KeySweep
{
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    /// <summary>A batch has 100 rows, and the change needs some of them.</summary>
    private const int MaxWrites = 80;

    public static async Task RunAsync(TenantChange change, DateTimeOffset now, CancellationToken ct)
    {
        var range = RowRange.Prefix(IdentityTable.KeyPrefix);
        await foreach (var row in change.Rows.ReadAllAsync(range, IdentityJson.Default.ApiKeyRecord, ct))
        {
            if (Write(row, now) is { } write)
            {
                change.Writes.Add(write);
                change.Return(QuotaKind.Keys, row.Value.RevokedAt is null ? 1 : 0);
            }

            if (change.Writes.Count == MaxWrites)
            {
                return;
            }
        }
    }

    private static TableWrite? Write(Document<ApiKeyRecord> row, DateTimeOffset now)
    {
        var key = row.Value;
        if (key.RevokedAt + Remembered <= now || (key.RevokedAt is null && key.ExpiresAt + Remembered <= now))
        {
            return TableWrite.Delete(row.Row, row.ETag);
        }

        return key.RevokedAt is null && key.ExpiresAt <= now
            ? TableWrite.Replace(
                row.Row, TablePartition.Bytes(key with { RevokedAt = key.ExpiresAt }, IdentityJson.Default.ApiKeyRecord), row.ETag)
            : null;
    }
}
