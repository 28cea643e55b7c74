using System.Globalization;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Cluster.Assignments;

/// <summary>
/// Where placements are: each node's document in one of the <see cref="Shards"/> partitions of its cell, and the task
/// groups that the documents name in a partition of their own beside them.
/// </summary>
public static class AssignmentTables
{
    /// <summary>Over how many partitions a cell's documents are spread. Changing it moves documents: never do.</summary>
    public const int Shards = 8;

    /// <summary>No id has a dot.</summary>
    private const string AmendmentSuffix = ".amendment";

    /// <summary>A shard of a cell's documents; a row's key is the node id, beside the fence.</summary>
    /// <param name="shard">0 to <see cref="Shards"/> - 1.</param>
    public static TablePartition AssignmentsOf(this TenantScope tenant, string region, int shard)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, Shards);
        return tenant.Partition(ClusterTables.Assignments, region, shard.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Key of the row with what changed of a node's document since it was written whole: see <see cref="AssignmentDocument.Amended"/>. Follows the document in order.</summary>
    public static string AmendmentRow(string nodeId) => nodeId + AmendmentSuffix;

    internal static bool IsAmendment(string row) => row.EndsWith(AmendmentSuffix, StringComparison.Ordinal);

    /// <summary>The shard that has the node's document.</summary>
    public static TablePartition AssignmentsOfNode(this TenantScope tenant, string region, string nodeId) =>
        tenant.AssignmentsOf(region, ShardOf(nodeId));

    /// <summary>
    /// A cell's task groups by the hash of their text (see <see cref="Definition"/>), beside the fence. Of a cell, not of
    /// the tenant: so the leader of the cell, who alone knows what its documents name, may delete what none of them does.
    /// </summary>
    public static TablePartition DefinitionsOf(this TenantScope tenant, string region) =>
        tenant.Partition(ClusterTables.Scheduling, "definitions", region);

    /// <summary>Of the node id alone, the same in every process and version: FNV-1a, its bits mixed by MurmurHash3's finish.</summary>
    public static int ShardOf(string nodeId)
    {
        var hash = 2166136261u;
        foreach (var c in nodeId)
        {
            hash = (hash ^ c) * 16777619u;
        }

        hash = (hash ^ (hash >> 16)) * 0x85ebca6bu;
        hash = (hash ^ (hash >> 13)) * 0xc2b2ae35u;
        return (int)((hash ^ (hash >> 16)) % Shards);
    }
}
