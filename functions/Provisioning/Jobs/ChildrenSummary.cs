using System.Text.Json.Serialization;
using Saas.Cluster;
using Saas.Provisioning.Allocations;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Jobs;

/// <summary>Of periodic and parameterized jobs: the jobs that are runs of theirs, by status.</summary>
internal sealed record ChildrenSummary(int Pending, int Running, int Dead)
{
    public static ChildrenSummary None { get; } = Of([]);

    /// <summary>Of each of them, by id.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Statuses { get; init; } = [];

    /// <summary>By project and parent. Allocations are read once for all, and not at all where there are no children.</summary>
    public static async Task<IReadOnlyDictionary<(string ProjectId, string JobId), ChildrenSummary>> OfJobsAsync(
        TenantScope tenant, IEnumerable<JobRecord> jobs, AllocationReader allocations, CancellationToken ct)
    {
        var children = new List<JobRecord>();
        foreach (var job in jobs.Where(static job => job.IsParent))
        {
            await foreach (var row in tenant.JobsOf(job.ProjectId).ReadAllAsync(
                RowRange.Prefix(ClusterTables.JobRow($"{job.Job.ID}/")), ClusterJson.Default.JobRecord, ct))
            {
                if (row.Value.Job.ParentID == job.Job.ID)
                {
                    children.Add(row.Value);
                }
            }
        }

        if (children.Count == 0)
        {
            return new Dictionary<(string, string), ChildrenSummary>();
        }

        var known = await allocations.OfJobsAsync(tenant, children, ct);
        return children
            .GroupBy(
                static child => (child.ProjectId, child.Job.ParentID!),
                child => JobSummary.Of(child, "", known[(child.ProjectId, child.Job.ID!)]).Status)
            .ToDictionary(static family => family.Key, static family => Of([.. family]));
    }

    private static ChildrenSummary Of(IReadOnlyList<string> statuses) =>
        new(Count(statuses, "pending"), Count(statuses, "running"), Count(statuses, "dead")) { Statuses = statuses };

    private static int Count(IReadOnlyList<string> statuses, string status) => statuses.Count(one => one == status);
}
