using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Saas.Cluster;
using Saas.Scheduler.Host.Cells;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host;

/// <summary>Finds the cells there are by their nodes and jobs: at the start, and on a period for lost messages.</summary>
internal static class CellDiscovery
{
    public static async Task<IReadOnlySet<CellId>> ScanAsync(PlatformScope scope, ProjectDirectory projects, CancellationToken ct)
    {
        var cells = new HashSet<CellId>();
        await foreach (var row in scope.ScanAsync(ClusterTables.Nodes, ct))
        {
            if (TryRead(row, ClusterJson.Default.NodeRecord) is { } node)
            {
                Add(cells, row, node.Region);
            }
        }

        await foreach (var row in scope.ScanAsync(ClusterTables.Jobs, ct))
        {
            if (row.Row.StartsWith(ClusterTables.JobRowPrefix, StringComparison.Ordinal) && TryRead(row, ClusterJson.Default.JobRecord) is { } job)
            {
                Add(cells, row, job.Region);
                if (PartitionKeys.TryGetTenant(row.Partition, out var tenant))
                {
                    projects.Add(tenant, job.ProjectId);
                }
            }
        }

        return cells;
    }

    private static void Add(HashSet<CellId> cells, TableRow row, string region)
    {
        if (PartitionKeys.TryGetTenant(row.Partition, out var tenant))
        {
            cells.Add(new CellId(tenant, region));
        }
    }

    /// <summary>A row that cannot be read is reported by the leader of its cell; here it hides nobody else.</summary>
    private static T? TryRead<T>(TableRow row, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return TablePartition.Read(row, type).Value;
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            return null;
        }
    }
}
