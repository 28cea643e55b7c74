using System.Text.Json.Serialization.Metadata;
using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests.Faults;

/// <summary>A cell's rows, each as it was when it was read; documents come before records.</summary>
internal sealed record ClusterRows
{
    /// <summary>That all of them could be read is a finding of its own: they are whole, and what they name is there.</summary>
    public required IReadOnlyList<NodeAssignment> Documents { get; init; }
    public required IReadOnlyDictionary<string, AllocationRecord> Records { get; init; }
    public required IReadOnlySet<string> Purged { get; init; }
    public required IReadOnlyDictionary<string, NodeRecord> Nodes { get; init; }
    public required IReadOnlyDictionary<string, JobRecord> Jobs { get; init; }
    public required IReadOnlyList<EvaluationRecord> Evaluations { get; init; }
    public required IReadOnlyList<Document<DeploymentRecord>> Deployments { get; init; }

    /// <summary>Of versions and launches.</summary>
    public required IReadOnlyList<string> RowsBesideJobs { get; init; }

    public required ProjectQuota? Quota { get; init; }

    public IEnumerable<(string NodeId, AssignedAllocation Allocation)> Assigned =>
        Documents.SelectMany(static document => document.Allocations.Select(allocation => (document.NodeId, allocation)));

    public static async Task<ClusterRows> ReadAsync(TestPlatform platform)
    {
        var (rows, ct) = (platform.Rows, CancellationToken.None);
        var jobs = rows.JobsOf(TestPlatform.ProjectId);
        return new ClusterRows
        {
            Documents = await platform.DocumentsAsync(),
            Records = (await AllAsync(rows.AllocationsOf(), RowRange.All, ClusterJson.Default.AllocationRecord)).ToDictionary(static row => row.Row, static row => row.Value),
            Purged = (await AllAsync(rows.PurgedAllocationsOf(), RowRange.All, ClusterJson.Default.AllocationRecord)).Select(static row => row.Row).ToHashSet(),
            Nodes = (await AllAsync(rows.NodesOf(), RowRange.All, ClusterJson.Default.NodeRecord)).ToDictionary(static row => row.Row, static row => row.Value),
            Jobs = (await AllAsync(jobs, RowRange.Prefix(ClusterTables.JobRowPrefix), ClusterJson.Default.JobRecord)).ToDictionary(static row => row.Value.Job.ID!, static row => row.Value),
            Evaluations = [.. (await AllAsync(jobs, RowRange.Prefix(ClusterTables.EvaluationRowPrefix), ClusterJson.Default.EvaluationRecord)).Select(static row => row.Value)],
            Deployments = await AllAsync(jobs, RowRange.Prefix(ClusterTables.DeploymentRowPrefix), ClusterJson.Default.DeploymentRecord),
            RowsBesideJobs =
            [
                .. await KeysAsync(jobs, ClusterTables.VersionRowPrefix), .. await KeysAsync(jobs, ClusterTables.LaunchRowPrefix),
            ],
            Quota = (await rows.ProjectQuotasOf().GetAsync(
                $"{TestPlatform.Region}|{TestPlatform.ProjectId}", ClusterJson.Default.ProjectQuota, ct))?.Value,
        };
    }

    /// <summary>Its agent, or the scheduler, said that it has ended.</summary>
    public bool HasEnded(string allocationId) =>
        Records.TryGetValue(allocationId, out var record) && ClientStatus.IsTerminal(record.ClientStatus);

    /// <summary>Of the version that was rolled out last.</summary>
    public Document<DeploymentRecord>? LatestDeploymentOf(string jobId) => Deployments
        .Where(deployment => deployment.Value.JobId == jobId)
        .MaxBy(static deployment => (deployment.Value.JobVersion, deployment.Value.CreatedAt));

    private static async Task<IReadOnlyList<Document<T>>> AllAsync<T>(TablePartition partition, RowRange range, JsonTypeInfo<T> type)
    {
        var found = new List<Document<T>>();
        await foreach (var row in partition.ReadAllAsync(range, type, CancellationToken.None))
        {
            found.Add(row);
        }

        return found;
    }

    private static async Task<IReadOnlyList<string>> KeysAsync(TablePartition partition, string prefix)
    {
        var found = new List<string>();
        await foreach (var row in partition.ReadAllAsync(RowRange.Prefix(prefix), CancellationToken.None))
        {
            found.Add(row.Row);
        }

        return found;
    }
}
