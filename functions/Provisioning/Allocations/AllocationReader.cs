using Saas.Cluster;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Allocations;

/// <summary>Reads allocations out of assignment documents and records. Keeps nothing.</summary>
internal static class AllocationReader
{
    public static async Task<IReadOnlyList<AllocationView>> AllAsync(TenantScope tenant, CancellationToken ct) =>
        await ReadAsync(tenant, await RegionsAsync(tenant, ct), ct);

    public static async Task<IReadOnlyList<AllocationView>> OfJobAsync(TenantScope tenant, JobRecord job, CancellationToken ct) =>
        [.. (await ReadAsync(tenant, [job.Region], ct)).Where(view => view.ProjectId == job.ProjectId && view.JobId == job.Job.ID)];

    public static async Task<ILookup<(string ProjectId, string JobId), AllocationView>> OfJobsAsync(
        TenantScope tenant, IReadOnlyList<JobRecord> jobs, CancellationToken ct)
    {
        var views = jobs.Count == 0 ? [] : await ReadAsync(tenant, [.. jobs.Select(job => job.Region).Distinct()], ct);
        return views.ToLookup(view => (view.ProjectId, view.JobId));
    }

    public static async Task<IReadOnlyList<AllocationView>> OfNodeAsync(TenantScope tenant, NodeRecord node, CancellationToken ct)
    {
        var assigned = await AssignmentAsync(tenant, node.Region, node.Id, ct);
        var records = await RecordsAsync(tenant, ct);
        return Merge([(node.Region, assigned)], records.Where(pair => pair.Value.NodeId == node.Id).ToDictionary());
    }

    /// <summary>Null if the tenant has no such allocation.</summary>
    public static async Task<AllocationView?> FindAsync(TenantScope tenant, string id, CancellationToken ct)
    {
        if (!EntityId.IsValid("alloc", id))
        {
            return null;
        }

        if ((await tenant.AllocationsOf().GetAsync(id, ClusterJson.Default.AllocationRecord, ct))?.Value is { } record)
        {
            var document = await AssignmentAsync(tenant, record.Region, record.NodeId, ct);
            return document.Allocations.FirstOrDefault(assigned => assigned.Id == id) is { } found
                ? AllocationView.Of(found, record, record.NodeId, record.Region)
                : AllocationView.Of(record);
        }

        // Placed, and its agent has not said anything of it yet: only its document knows it.
        return (await ReadAsync(tenant, await RegionsAsync(tenant, ct), ct)).FirstOrDefault(view => view.Id == id);
    }

    /// <summary>A node's document; the empty one where nothing was ever placed on it.</summary>
    public static async ValueTask<NodeAssignment> AssignmentAsync(TenantScope tenant, string region, string nodeId, CancellationToken ct) =>
        (await tenant.AssignmentsOf(region).GetAsync(nodeId, AgentJson.Default.NodeAssignment, ct))?.Value
            ?? new NodeAssignment { NodeId = nodeId, Index = 0, Epoch = 0, Allocations = [] };

    private static async Task<IReadOnlyList<AllocationView>> ReadAsync(TenantScope tenant, IReadOnlyList<string> regions, CancellationToken ct)
    {
        // Documents before records: what an agent reports in between is then seen in a record without a document's row,
        // or not at all, but never lost from both.
        var documents = new List<(string Region, NodeAssignment Document)>();
        foreach (var region in regions)
        {
            await foreach (var row in tenant.AssignmentsOf(region).ReadAllAsync(RowRange.All, ct))
            {
                if (row.Row != FencedPartition.FenceRow)
                {
                    documents.Add((region, TablePartition.Read(row, AgentJson.Default.NodeAssignment).Value));
                }
            }
        }

        var records = await RecordsAsync(tenant, ct);
        return Merge(documents, records.Where(pair => regions.Contains(pair.Value.Region)).ToDictionary());
    }

    private static List<AllocationView> Merge(
        IEnumerable<(string Region, NodeAssignment Document)> documents, Dictionary<string, AllocationRecord> records)
    {
        var views = new List<AllocationView>();
        foreach (var (region, document) in documents)
        {
            foreach (var assigned in document.Allocations)
            {
                records.Remove(assigned.Id, out var record);
                views.Add(AllocationView.Of(assigned, record, document.NodeId, region));
            }
        }

        views.AddRange(records.Values.Select(AllocationView.Of));
        views.Sort((left, right) => string.CompareOrdinal(left.Id, right.Id));
        return views;
    }

    private static async Task<Dictionary<string, AllocationRecord>> RecordsAsync(TenantScope tenant, CancellationToken ct)
    {
        var records = new Dictionary<string, AllocationRecord>(StringComparer.Ordinal);
        await foreach (var row in tenant.AllocationsOf().ReadAllAsync(RowRange.All, ClusterJson.Default.AllocationRecord, ct))
        {
            records[row.Row] = row.Value;
        }

        return records;
    }

    private static async Task<IReadOnlyList<string>> RegionsAsync(TenantScope tenant, CancellationToken ct) =>
        [.. (await tenant.SitesAsync(ct)).Select(site => site.Region).Distinct(StringComparer.Ordinal)];
}
