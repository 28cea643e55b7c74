using System.Text.Json;
using Microsoft.Extensions.Logging;
using Saas.Contracts;
using Saas.Keys.Rows;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Keys;

/// <param name="Rewrapped">Root keys brought under the current version.</param>
/// <param name="Current">That were under it already.</param>
/// <param name="Destroyed">Tombstones.</param>
/// <param name="Failed">That could not be unwrapped or written; the next run tries again.</param>
public sealed record RewrapResult(int Rewrapped, int Current, int Destroyed, int Failed);

/// <summary>
/// Brings every tenant's root key under the current version of the key-encryption key. The root keys themselves do not
/// change, so nobody notices: who has one cached goes on, who has not unwraps it by whichever version the row names.
/// Every row is one conditional write; a run may be killed anywhere, and the next does what is left.
/// </summary>
public sealed partial class RootKeyRewrap(PlatformScope platform, IKeyEncryptionKey kek, ILogger<RootKeyRewrap> logger)
{
    /// <exception cref="KeyEncryptionUnavailableException">The key does not say which version is current.</exception>
    public async Task<RewrapResult> RunAsync(CancellationToken ct)
    {
        var current = await kek.CurrentIdAsync(ct);
        var (rewrapped, alreadyCurrent, destroyed, failed) = (0, 0, 0, 0);
        await foreach (var row in platform.ScanAsync(RootKeyRow.Table, ct))
        {
            if (!PartitionKeys.TryGetTenant(row.Partition, out var tenant))
            {
                continue;
            }

            switch (TryRead(row, tenant))
            {
                case null:
                    failed++;
                    break;
                case { IsDestroyed: true }:
                    destroyed++;
                    break;
                case { Kek: var by } when by == current:
                    alreadyCurrent++;
                    break;
                case var found when await TryRewrapAsync(tenant, found, row.ETag, ct):
                    rewrapped++;
                    break;
                default:
                    failed++;
                    break;
            }
        }

        var result = new RewrapResult(rewrapped, alreadyCurrent, destroyed, failed);
        if (rewrapped + failed > 0)
        {
            Done(rewrapped, current, failed);
        }

        return result;
    }

    private RootKeyRow? TryRead(TableRow row, TenantId tenant)
    {
        try
        {
            return RootKeyRows.Read(row).Value;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            Failed(e, tenant.Value, null);
            return null;
        }
    }

    /// <summary>One tenant's trouble is not the others': it is told and left for the next run.</summary>
    private async Task<bool> TryRewrapAsync(TenantId tenant, RootKeyRow found, string etag, CancellationToken ct)
    {
        try
        {
            using var root = await kek.UnwrapAsync(tenant, found.Key(), ct);
            var wrapped = await kek.WrapAsync(tenant, root.Memory, ct);

            // Changed since the scan: destroyed, or rewrapped by another run. Either way there is nothing more to do.
            var written = await RootKeyRows.Of(platform.For(tenant)).WriteAsync(
                TableWrite.Replace(RootKeyRow.Row, RootKeyRow.Of(wrapped, found.CreatedAt!.Value).Bytes(), etag), ct);
            return written.IsDone || written.Outcome is WriteOutcome.ETagMismatch or WriteOutcome.NotFound;
        }
        catch (Exception e) when (e is KeyEncryptionUnavailableException or WrappedKeyBrokenException or InvalidDataException)
        {
            Failed(e, tenant.Value, found.Kek);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Count} root keys were brought under {KekId}; {Failed} could not be.")]
    private partial void Done(int count, string kekId, int failed);

    [LoggerMessage(2, LogLevel.Error, "The root key of tenant {TenantId} stays under {KekId}.")]
    private partial void Failed(Exception e, string tenantId, string? kekId);
}
