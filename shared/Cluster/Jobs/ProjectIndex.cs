using System.Buffers.Binary;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Cluster.Jobs;

/// <summary>The project's index: what Nomad calls the index of the state.</summary>
public static class ProjectIndex
{
    public static async ValueTask<long> ReadAsync(TenantScope tenant, string projectId, CancellationToken ct) =>
        Read(await tenant.JobsOf(projectId).GetAsync(ClusterTables.IndexRow, ct));

    public static long Read(TableRow? row) => row is null ? 0 : BinaryPrimitives.ReadInt64BigEndian(row.Value.Span);

    public static byte[] Bytes(long index)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, index);
        return bytes;
    }
}
