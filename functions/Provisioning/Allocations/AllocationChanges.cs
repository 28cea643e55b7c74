using Saas.Cluster;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Allocations;

/// <summary>Writes what users want of allocations into their records, on which agents and the scheduler write, too.</summary>
internal static class AllocationChanges
{
    private const int MaxAttempts = 10;

    /// <param name="view">One whose agent has not said anything of it yet gets its record from this.</param>
    /// <param name="change">Of the record as it is; one that is the same is not written. May be called several times.</param>
    /// <exception cref="StorageUnavailableException">The store's, or the record is changed faster than we can follow.</exception>
    public static async Task<AllocationRecord> ChangeAsync(
        TenantScope tenant, AllocationView view, Func<AllocationRecord, AllocationRecord> change, CancellationToken ct)
    {
        var rows = tenant.AllocationsOf();
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var known = await rows.GetAsync(view.Id, ClusterJson.Default.AllocationRecord, ct);
            var before = known?.Value ?? view.ToRecord();
            var changed = change(before);
            if (known is not null && changed == before)
            {
                return changed;
            }

            var bytes = TablePartition.Bytes(changed, ClusterJson.Default.AllocationRecord);
            var write = known is null ? TableWrite.Insert(view.Id, bytes) : TableWrite.Replace(view.Id, bytes, known.ETag);
            if ((await rows.WriteAsync(write, ct)).IsDone)
            {
                return changed;
            }
        }

        throw new StorageUnavailableException($"The allocation changed during each of {MaxAttempts} attempts.");
    }
}
