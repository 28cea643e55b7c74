using Saas.Cluster;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Nodes.Pools;

/// <summary>
/// The tenant's node pools: the two that Nomad has built in, those that somebody has described, and those that nodes say they
/// belong to. A node's pool comes from its agent's settings, so a pool needs no row to be used; the row has what people say of it.
/// </summary>
internal static class NodePoolRows
{
    /// <summary>Of one tenant.</summary>
    public const int Max = 1000;

    private static readonly NodePoolRecord[] BuiltIn =
    [
        new() { Name = NodePools.All, Description = "Node pool with all nodes in the cluster." },
        new() { Name = NodePools.Default, Description = "Default node pool." },
    ];

    public static bool IsBuiltIn(string name) => name is NodePools.All or NodePools.Default;

    /// <summary>By name.</summary>
    public static async Task<IReadOnlyList<NodePoolRecord>> ListAsync(TenantScope tenant, CancellationToken ct)
    {
        var pools = new SortedDictionary<string, NodePoolRecord>(StringComparer.Ordinal);
        foreach (var node in await NodeRows.ListAsync(tenant, ct))
        {
            var name = NodeFacts.PoolOf(node);
            pools[name] = new NodePoolRecord { Name = name };
        }

        await foreach (var row in tenant.NodePoolsOf().ReadAllAsync(RowRange.All, ClusterJson.Default.NodePoolRecord, ct))
        {
            pools[row.Row] = row.Value;
        }

        foreach (var pool in BuiltIn)
        {
            pools[pool.Name] = pool;
        }

        return [.. pools.Values];
    }

    /// <summary>Null: no row, and no node is in it.</summary>
    public static async Task<NodePoolRecord?> FindAsync(TenantScope tenant, string name, CancellationToken ct) =>
        !NodePools.IsName(name) ? null
        : Array.Find(BuiltIn, pool => pool.Name == name)
            ?? (await tenant.NodePoolsOf().GetAsync(name, ClusterJson.Default.NodePoolRecord, ct))?.Value
            ?? ((await NodeRows.ListAsync(tenant, ct)).Any(node => NodeFacts.PoolOf(node) == name) ? new NodePoolRecord { Name = name } : null);

    /// <summary>Every node is in <c>all</c>.</summary>
    public static bool Has(string pool, NodeRecord node) => pool == NodePools.All || NodeFacts.PoolOf(node) == pool;
}
