using Saas.Cluster;
using Saas.Contracts;
using Saas.Identity.Agents;
using Saas.Identity.Sites;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Nodes;

internal static class NodeRows
{
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

    /// <summary>Of all nodes, by id; revoked ones are in it, for their allocations.</summary>
    public static async Task<Dictionary<string, string>> NamesAsync(TenantScope tenant, CancellationToken ct)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var row in tenant.NodesOf().ReadAllAsync(RowRange.All, ClusterJson.Default.NodeRecord, ct))
        {
            names[row.Row] = NameOf(row.Value);
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
