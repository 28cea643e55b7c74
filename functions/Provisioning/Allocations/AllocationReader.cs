using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Allocations;

/// <summary>Reads allocations out of assignment documents and records. Keeps only what it can see to be as it was.</summary>
internal sealed class AllocationReader(AssignmentReader assignments, RowCache<AllocationRecord> rows)
{
    public async Task<IReadOnlyList<AllocationView>> AllAsync(TenantScope tenant, CancellationToken ct) =>
        await ReadAsync(tenant, await RegionsAsync(tenant, ct), static _ => true, static _ => true, ct);

    public Task<IReadOnlyList<AllocationView>> OfJobAsync(TenantScope tenant, JobRecord job, CancellationToken ct) =>
        OfJobAsync(tenant, job.Region, job.ProjectId, job.Job.ID!, ct);

    /// <summary>Of the same job, also where that is not there any more.</summary>
    public Task<IReadOnlyList<AllocationView>> OfJobAsync(TenantScope tenant, AllocationView view, CancellationToken ct) =>
        OfJobAsync(tenant, view.Region, view.ProjectId, view.JobId, ct);

    private async Task<IReadOnlyList<AllocationView>> OfJobAsync(TenantScope tenant, string region, string projectId, string jobId, CancellationToken ct)
    {
        return await ReadAsync(
            tenant,
            [region],
            stored => stored.Group.JobId == jobId && stored.Group.ProjectId == projectId,
            record => record.JobId == jobId && record.ProjectId == projectId,
            ct);
    }

    /// <summary>Those that count for the deployment, or did when they ended.</summary>
    public async Task<IReadOnlyList<AllocationView>> OfDeploymentAsync(TenantScope tenant, DeploymentRecord deployment, CancellationToken ct)
    {
        var views = await ReadAsync(
            tenant,
            [deployment.Region],
            stored => stored.DeploymentId == deployment.Id,
            record => record.JobId == deployment.JobId && record.ProjectId == deployment.ProjectId,
            ct);
        return [.. views.Where(view => view.DeploymentId == deployment.Id)];
    }

    public async Task<ILookup<(string ProjectId, string JobId), AllocationView>> OfJobsAsync(
        TenantScope tenant, IReadOnlyList<JobRecord> jobs, CancellationToken ct)
    {
        var wanted = jobs.Select(static job => (job.ProjectId, job.Job.ID ?? "")).ToHashSet();
        var views = await ReadAsync(
            tenant,
            [.. jobs.Select(job => job.Region).Distinct()],
            stored => wanted.Contains((stored.Group.ProjectId, stored.Group.JobId)),
            record => wanted.Contains((record.ProjectId, record.JobId)),
            ct);
        return views.ToLookup(view => (view.ProjectId, view.JobId));
    }

    public async Task<IReadOnlyList<AllocationView>> OfNodeAsync(TenantScope tenant, NodeRecord node, CancellationToken ct)
    {
        var assigned = await assignments.ReadAsync(tenant, node.Region, node.Id, ct);
        return Merge([(node.Region, assigned)], await RecordsAsync(tenant, record => record.NodeId == node.Id, ct));
    }

    /// <summary>Null if the tenant has no such allocation.</summary>
    public async Task<AllocationView?> FindAsync(TenantScope tenant, string id, CancellationToken ct)
    {
        if (!EntityId.IsValid("alloc", id))
        {
            return null;
        }

        if ((await tenant.AllocationsOf().GetAsync(id, ClusterJson.Default.AllocationRecord, ct))?.Value is { } record)
        {
            var document = await assignments.ReadAsync(tenant, record.Region, record.NodeId, stored => stored.Id == id, ct);
            return document.Allocations is [var found, ..]
                ? AllocationView.Of(found, record, record.NodeId, record.Region)
                : AllocationView.Of(record);
        }

        // Placed, and its agent has not said anything of it yet: only its document knows it.
        var views = await ReadAsync(tenant, await RegionsAsync(tenant, ct), stored => stored.Id == id, record => record.Id == id, ct);
        return views is [var view, ..] ? view : null;
    }

    /// <summary>Those wanted of both sides; nothing is looked up for others.</summary>
    private async Task<IReadOnlyList<AllocationView>> ReadAsync(
        TenantScope tenant, IReadOnlyList<string> regions, Func<StoredAllocation, bool> isWanted, Func<AllocationRecord, bool> isRecordWanted,
        CancellationToken ct)
    {
        if (regions.Count == 0)
        {
            return [];
        }

        // Documents before records: what an agent reports in between is then seen in a record without a document's row,
        // or not at all, but never lost from both.
        var documents = new List<(string Region, NodeAssignment Document)>();
        foreach (var region in regions)
        {
            await foreach (var document in assignments.ReadAllAsync(tenant, region, isWanted, ct))
            {
                documents.Add((region, document));
            }
        }

        return Merge(documents, await RecordsAsync(tenant, record => isRecordWanted(record) && regions.Contains(record.Region), ct));
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

    private async Task<Dictionary<string, AllocationRecord>> RecordsAsync(
        TenantScope tenant, Func<AllocationRecord, bool> isWanted, CancellationToken ct)
    {
        var records = new Dictionary<string, AllocationRecord>(StringComparer.Ordinal);
        await foreach (var row in rows.ReadAllAsync(tenant.AllocationsOf(), RowRange.All, ct))
        {
            if (isWanted(row.Value))
            {
                records[row.Row] = row.Value;
            }
        }

        return records;
    }

    public static async Task<IReadOnlyList<string>> RegionsAsync(TenantScope tenant, CancellationToken ct) =>
        [.. (await tenant.SitesAsync(ct)).Select(site => site.Region).Distinct(StringComparer.Ordinal)];
}
