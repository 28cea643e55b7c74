using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Saas.Encryption.Mounts;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Keys;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// The timer that does every tenant's duties (<see cref="KeyDuty"/>): rotates keys that are due, and destroys what is
/// left of keys and versions whose destruction was interrupted. It may die anywhere and run twice at once: what is to be
/// done is decided anew with every conditional write. One key that fails does not keep the others waiting.
/// </summary>
internal sealed partial class RotateTransitKeys(
    PlatformScope platform, MountDirectory mounts, SealedKeys sealedKeys, KeyRotation rotation, KeyRemains remains,
    TimeProvider time, ILogger<RotateTransitKeys> logger)
{
    public static void Map(ITriggerTable triggers) => triggers.Timer(
        nameof(RotateTransitKeys), "0 */5 * * * *", (services, ct) => services.GetRequiredService<RotateTransitKeys>().RunAsync(ct));

    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var row in platform.ScanAsync(KeyDuty.Table, ct))
        {
            if (!PartitionKeys.TryGetTenant(row.Partition, out var tenant))
            {
                continue;
            }

            var duty = TablePartition.Read(row, TransitKeyJson.Default.KeyDuty);
            var ring = new KeyRing(platform.For(tenant), duty.Value.ProjectId, duty.Value.MountId);
            try
            {
                if (!await DoAsync(ring, duty.Value, ct) && time.GetUtcNow() - duty.Value.Since >= KeyDuty.MinAge)
                {
                    await KeyDuty.Duties(ring).WriteAsync(TableWrite.Delete(duty.Row, duty.ETag), ct);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                Failed(e, duty.Row, tenant.Value, duty.Value.ProjectId, duty.Value.MountId);
            }
        }
    }

    /// <returns>
    /// Whether there is still a reason for the duty. There is none for a mount that was disabled, a project that was
    /// deleted, and a tenant whose root key is gone.
    /// </returns>
    private async Task<bool> DoAsync(KeyRing ring, KeyDuty duty, CancellationToken ct)
    {
        try
        {
            var project = await mounts.FindAsync(ring.Tenant, ring.ProjectId, ct);
            return project.All.Any(mount => mount.Id == ring.MountId)
                && (duty.Row.StartsWith(KeyRows.GonePrefix, StringComparison.Ordinal)
                    ? await ClearAsync(ring, duty, ct)
                    : await RotateAsync(ring, duty.Row[KeyRows.KeyPrefix.Length..], ct));
        }
        catch (Exception e) when (e is ProblemException or TenantKeysDestroyedException)
        {
            return false;
        }
    }

    private async Task<bool> RotateAsync(KeyRing ring, string name, CancellationToken ct)
    {
        if (await sealedKeys.FindAsync(ring, name, ct) is not { Value: var key })
        {
            return false;
        }

        await remains.ClearTrimmedAsync(ring, key, ct);
        if (rotation.IsDue(key) && await rotation.RotateIfDueAsync(ring, name, ct))
        {
            Rotated(name, ring.Tenant.Tenant.Value, ring.ProjectId, ring.MountId);
        }

        return key.AutoRotatePeriod > TimeSpan.Zero;
    }

    private async Task<bool> ClearAsync(KeyRing ring, KeyDuty duty, CancellationToken ct)
    {
        if (await ring.Rows.GetAsync(duty.Row, ct) is not { } gone)
        {
            return false;
        }

        if (gone.Value.Span.SequenceEqual(KeyRows.BeingWritten.Span) && time.GetUtcNow() - duty.Since < KeyDuty.MinAge)
        {
            return true;
        }

        await KeyRemains.ClearAsync(ring, duty.Row[KeyRows.GonePrefix.Length..], ct);
        return false;
    }

    [LoggerMessage(1, LogLevel.Information, "Key {Name} of tenant {TenantId}, project {ProjectId}, mount {MountId} was rotated: its period is over.")]
    private partial void Rotated(string name, string tenantId, string projectId, string mountId);

    [LoggerMessage(2, LogLevel.Error, "The duty {Row} of tenant {TenantId}, project {ProjectId}, mount {MountId} failed; the next run tries again.")]
    private partial void Failed(Exception e, string row, string tenantId, string projectId, string mountId);
}
