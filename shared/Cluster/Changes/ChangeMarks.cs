using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Cluster.Changes;

/// <summary>
/// Rows that are rewritten after changes of a tenant, one for each kind and writer: what other processes look at to see that
/// there is something to look at. Only that an ETag is another one has a meaning. Who shares a signal is one writer, and is
/// told by that: it does not see its own marks. A mark that is lost costs those who wait elsewhere the time until they look by
/// themselves.
/// </summary>
public static class ChangeMarks
{
    /// <summary>Of a writer that is gone: it writes at least once in this time, if it is there and there are changes.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private static readonly ConditionalWeakTable<IChangeSignal, string> Writers = [];

    public static TablePartition ChangeMarksOf(this TenantScope tenant) => tenant.Partition(ClusterTables.Scheduling, "changes");

    /// <exception cref="StorageUnavailableException">The store's.</exception>
    public static async Task WriteAsync(TenantScope tenant, IChangeSignal signal, ChangeKinds kinds, DateTimeOffset now, CancellationToken ct)
    {
        var (writer, value) = (WriterOf(signal), new byte[sizeof(long)]);
        BinaryPrimitives.WriteInt64BigEndian(value, now.ToUnixTimeMilliseconds());
        var writes = ChangeStamps.In(kinds).Select(kind => TableWrite.Upsert($"{kind}|{writer}", value)).ToArray();
        if (writes.Length > 0)
        {
            await tenant.ChangeMarksOf().WriteBatchAsync(writes, ct);
        }
    }

    /// <summary>ETags of what others have marked, by row.</summary>
    /// <exception cref="StorageUnavailableException">The store's.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(TenantScope tenant, IChangeSignal signal, CancellationToken ct)
    {
        var marks = new Dictionary<string, string>(StringComparer.Ordinal);
        var own = "|" + WriterOf(signal);
        await foreach (var row in tenant.ChangeMarksOf().ReadAllAsync(RowRange.All, ct))
        {
            if (!row.Row.EndsWith(own, StringComparison.Ordinal))
            {
                marks[row.Row] = row.ETag;
            }
        }

        return marks;
    }

    /// <summary>What a row that <see cref="ReadAsync"/> gave tells of; of a newer version's kinds: anything may have changed.</summary>
    public static ChangeKinds KindOf(string row) =>
        Enum.TryParse<ChangeKinds>(row[..row.IndexOf('|', StringComparison.Ordinal)], out var kind) ? kind : ChangeKinds.All;

    /// <summary>Forgets writers that have not written for long.</summary>
    /// <exception cref="StorageUnavailableException">The store's.</exception>
    public static async Task ForgetAsync(TenantScope tenant, DateTimeOffset now, CancellationToken ct)
    {
        await foreach (var row in tenant.ChangeMarksOf().ReadAllAsync(RowRange.All, ct))
        {
            if (now - DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(row.Value.Span)) > Lifetime)
            {
                // Refused: it has just written again.
                await tenant.ChangeMarksOf().WriteAsync(TableWrite.Delete(row.Row, row.ETag), ct);
            }
        }
    }

    private static string WriterOf(IChangeSignal signal) => Writers.GetValue(signal, static _ => Guid.NewGuid().ToString("n"));
}
