using System.Buffers.Binary;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Cluster.Changes;

/// <summary>
/// One row for each kind of change of a tenant, rewritten after changes of that kind: what other processes look at to see
/// that there is something to look at. Only that an ETag is another one has a meaning. A mark that is lost costs those who
/// wait in other processes the time until they look by themselves.
/// </summary>
public static class ChangeMarks
{
    public static TablePartition ChangeMarksOf(this TenantScope tenant) => tenant.Partition(ClusterTables.Scheduling, "changes");

    /// <exception cref="StorageUnavailableException">The store's.</exception>
    public static async Task WriteAsync(TenantScope tenant, ChangeKinds kinds, CancellationToken ct)
    {
        var value = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(value, (int)kinds);
        var writes = ChangeStamps.In(kinds).Select(kind => TableWrite.Upsert(kind.ToString(), value)).ToArray();
        if (writes.Length > 0)
        {
            await tenant.ChangeMarksOf().WriteBatchAsync(writes, ct);
        }
    }

    /// <summary>ETags by kind; kinds that nothing ever changed of are not in it.</summary>
    public static async Task<IReadOnlyDictionary<ChangeKinds, string>> ReadAsync(TenantScope tenant, CancellationToken ct)
    {
        var marks = new Dictionary<ChangeKinds, string>();
        await foreach (var row in tenant.ChangeMarksOf().ReadAllAsync(RowRange.All, ct))
        {
            if (Enum.TryParse<ChangeKinds>(row.Row, out var kind))
            {
                marks[kind] = row.ETag;
            }
        }

        return marks;
    }
}
