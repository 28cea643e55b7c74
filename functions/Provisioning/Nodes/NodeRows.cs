using Saas.Cluster;
using Saas.Contracts;
using Saas.Identity.Agents;
using Saas.Identity.Sites;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Nodes;

internal static class NodeRows
{
    /// <summary>More rows than these are read as a range.</summary>
    private const int MaxReadSingly = 16;

    public static async ValueTask<NodeRecord?> FindAsync(TenantScope tenant, string nodeId, CancellationToken ct) =>
        (await GetAsync(tenant, nodeId, ct))?.Value;

    public static async ValueTask<Document<NodeRecord>?> GetAsync(TenantScope tenant, string nodeId, CancellationToken ct) =>
        EntityId.IsValid("node", nodeId) ? await tenant.NodesOf().GetAsync(nodeId, ClusterJson.Default.NodeRecord, ct) : null;

    /// <summary>Those not revoked, oldest first.</summary>
    public static async Task<IReadOnlyList<NodeRecord>> ListAsync(TenantScope tenant, CancellationToken ct)
    {
        var nodes = new List<NodeRecord>();
        await foreach (var row in tenant.NodesOf().ReadAllAsync(RowRange.All, ClusterJson.Default.NodeRecord, ct))
        {
            if (!row.Value.Revoked)
            {
                nodes.Add(row.Value);
            }
        }

        return nodes;
    }

    /// <summary>Of these nodes, by id; revoked ones are in it, for their allocations.</summary>
    public static async Task<Dictionary<string, string>> NamesAsync(TenantScope tenant, IReadOnlySet<string> nodeIds, CancellationToken ct)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        if (nodeIds.Count <= MaxReadSingly)
        {
            foreach (var id in nodeIds)
            {
                if (await GetAsync(tenant, id, ct) is { } node)
                {
                    names[id] = NameOf(node.Value);
                }
            }

            return names;
        }

        await foreach (var row in tenant.NodesOf().ReadAllAsync(RowRange.All, ct))
        {
            if (nodeIds.Contains(row.Row))
            {
                names[row.Row] = NameOf(TablePartition.Read(row, ClusterJson.Default.NodeRecord).Value);
            }
        }

        return names;
    }

    /// <summary>A site's labels as constraints name them: <c>${meta.residency.country}</c>.</summary>
    public static Dictionary<string, string> MetaOf(SiteRecord site) =>
        site.Labels.ToDictionary(label => "residency." + label.Key, label => label.Value);

    public static string NameOf(NodeRecord? node) => node?.Fingerprint?.Name ?? node?.Name ?? "";

    /// <summary>A node as its enrolment leaves it. Repeating it changes nothing.</summary>
    public static async Task CreateAsync(TenantScope tenant, AgentCredentialRecord agent, SiteRecord site, CancellationToken ct)
    {
        var node = new NodeRecord
        {
            Id = agent.Id,
            Name = agent.Name,
            SiteId = site.Id,
            Datacenter = site.Name,
            Region = site.Region,
            Meta = MetaOf(site),
            Status = NodeStatus.Initializing,
            EnrolledAt = agent.EnrolledAt,
            StatusChangedAt = agent.EnrolledAt,
        };
        await tenant.NodesOf().WriteAsync(TableWrite.Insert(node.Id, TablePartition.Bytes(node, ClusterJson.Default.NodeRecord)), ct);
    }
}
