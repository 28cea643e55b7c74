using System.Text.Json;
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
            Add(cells, row, TablePartition.Read(row, ClusterJson.Default.NodeRecord).Value.Region);
        }

        await foreach (var row in scope.ScanAsync(ClusterTables.Jobs, ct))
        {
            if (row.Row.StartsWith(ClusterTables.JobRowPrefix, StringComparison.Ordinal) && TryRead(row) is { } job)
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

    /// <summary>A row that cannot be read is reported by the leader of the cell its project is in; here it hides nobody else.</summary>
    private static JobRecord? TryRead(TableRow row)
    {
        try
        {
            return TablePartition.Read(row, ClusterJson.Default.JobRecord).Value;
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            return null;
        }
    }
}
