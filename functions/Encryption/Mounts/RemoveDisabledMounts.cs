using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Saas.Hosting.Modules;
using Saas.Identity.Tenants;
using Saas.Keys;
using Saas.Storage;

namespace Saas.Encryption.Mounts;

/// <summary>
/// The timer that removes the rows of disabled mounts. The mount is struck from the list only when all its rows are
/// gone, so a run that dies is finished by the next.
/// </summary>
internal sealed partial class RemoveDisabledMounts(
    PlatformScope platform, SealedMounts mounts, MountChanges changes, IEnumerable<EngineTables> engines, TimeProvider time, ILogger<RemoveDisabledMounts> logger)
{
    /// <summary>
    /// Other instances know the mount for <see cref="MountDirectory.MaxAge"/>, and a request that found it may write for as
    /// long as it runs.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static void Map(ITriggerTable triggers) => triggers.Timer(
        nameof(RemoveDisabledMounts), "20 * * * * *", (services, ct) => services.GetRequiredService<RemoveDisabledMounts>().RunAsync(ct));

    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var row in platform.ScanAsync(MountRows.Table, ct))
        {
            if (PartitionKeys.TryGetTenant(row.Partition, out var tenant))
            {
                var projectId = row.Partition[(row.Partition.IndexOf('|', StringComparison.Ordinal) + 1)..];
                await RemoveDueAsync(platform.For(tenant), projectId, ct);
            }
        }
    }

    private async Task RemoveDueAsync(TenantScope tenant, string projectId, CancellationToken ct)
    {
        try
        {
            var table = await mounts.FindAsync(tenant, projectId, ct);
            var due = table?.Value.Disabled.Where(mount => mount.DisabledAt + Patience <= time.GetUtcNow()).ToList();
            if (due is { Count: > 0 })
            {
                await RemoveAsync(tenant, projectId, due, ct);
            }
        }
        catch (TenantKeysDestroyedException)
        {
            // The tenant is gone: what is sealed in the row is for nobody.
            await tenant.MountsOf(projectId).ClearAsync(_ => true, ct);
        }
        catch (KeyEncryptionUnavailableException e)
        {
            Unreadable(tenant.Tenant.Value, projectId, e);
        }
    }

    private async Task RemoveAsync(TenantScope tenant, string projectId, List<DisabledMount> due, CancellationToken ct)
    {
        foreach (var mount in due)
        {
            foreach (var table in engines.Where(e => e.Engine == mount.Engine).SelectMany(e => e.Tables))
            {
                await tenant.Partition(table, projectId, mount.Id).ClearAsync(_ => true, ct);
            }

            await changes.ChangeAsync(
                tenant,
                projectId,
                table => table.Disabled.Contains(mount) ? table with { Disabled = [.. table.Disabled.Where(m => m != mount)] } : table,
                ct);
            Removed(tenant.Tenant.Value, projectId, mount.Id);
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "Tenant {TenantId}, project {ProjectId}: the mounts cannot be read for now; the next run looks again.")]
    private partial void Unreadable(string tenantId, string projectId, Exception exception);

    [LoggerMessage(1, LogLevel.Information, "Tenant {TenantId}, project {ProjectId}: the rows of the disabled mount {MountId} were removed.")]
    private partial void Removed(string tenantId, string projectId, string mountId);
}
