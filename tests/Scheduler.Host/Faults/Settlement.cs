using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Faults;

/// <summary>
/// The rows in words, a line for each thing that matters in the end, sorted. What is on its way has its lines, too: a
/// cell that is as it should be has exactly those that a scenario expects.
/// </summary>
internal static class Settlement
{
    public static IReadOnlyList<string> Describe(ClusterRows rows) =>
    [
        .. new[] { Allocations(rows), Completed(rows), Jobs(rows), Deployments(rows), Evaluations(rows), Nodes(rows), Remains(rows) }
            .SelectMany(static lines => lines).Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Allocations(ClusterRows rows) => rows.Assigned.Select(entry =>
    {
        var (allocation, record) = (entry.Allocation, rows.Records.GetValueOrDefault(entry.Allocation.Id));
        return $"{allocation.JobId}[{allocation.Index}] v{allocation.JobVersion}"
            + (allocation.JobType == JobTypes.System ? $" on {entry.NodeId}" : "")
            + (allocation.DesiredStatus == DesiredStatus.Run ? "" : $" told to {allocation.DesiredStatus}")
            + (record?.UnknownSince is null ? "" : " unknown")
            + (record?.ClientStatus == ClientStatus.Running ? "" : $" {record?.ClientStatus ?? "not reported"}")
            + (rows.Nodes.GetValueOrDefault(entry.NodeId)?.Status == NodeStatus.Ready ? "" : " on a node that is not ready");
    });

    private static IEnumerable<string> Completed(ClusterRows rows)
    {
        var assigned = rows.Assigned.Select(static entry => entry.Allocation.Id).ToHashSet();
        return rows.Records.Values
            .Where(record => record.JobType == JobTypes.Batch && record.ClientStatus == ClientStatus.Complete && !assigned.Contains(record.Id))
            .Select(static record => $"{record.JobId}[{record.Index}] v{record.JobVersion} complete");
    }

    private static IEnumerable<string> Jobs(ClusterRows rows) => rows.Jobs.Values.Select(static job =>
        $"job {job.Job.ID} v{job.Version}" + (job.Stable ? " stable" : "") + (job.Purge ? " to be purged" : job.Job.Stop is true ? " stopped" : ""));

    private static IEnumerable<string> Deployments(ClusterRows rows) => rows.Deployments
        .Select(static deployment => deployment.Value.JobId).Distinct()
        .Select(job => rows.LatestDeploymentOf(job)!.Value)
        .Select(static deployment => $"deployment of {deployment.JobId} v{deployment.JobVersion} {deployment.Status}"
            + (deployment.Groups.Values.All(static group => group.Healthy >= group.DesiredTotal) ? "" : " without all healthy"));

    private static IEnumerable<string> Evaluations(ClusterRows rows) => rows.Evaluations
        .Where(static evaluation => evaluation.Status is EvaluationStatus.Pending or EvaluationStatus.Blocked)
        .Select(static evaluation => $"evaluation of {evaluation.JobId} {evaluation.Status}");

    private static IEnumerable<string> Nodes(ClusterRows rows) => rows.Nodes.Values
        .Where(static node => node.Status != NodeStatus.Ready || node.Ineligible || node.Drain is not null)
        .Select(static node => $"node {node.Id} {node.Status}"
            + (node.Ineligible ? " ineligible" : "") + (node.Drain is null ? "" : " draining"));

    /// <summary>What belongs to jobs that are gone.</summary>
    private static IEnumerable<string> Remains(ClusterRows rows)
    {
        var jobs = rows.Jobs.Keys.Select(static id => $"|{Saas.Storage.Tables.TableKeys.Escape(id)}").ToArray();
        return rows.RowsBesideJobs.Where(row => !jobs.Any(job => (row + "|").Contains(job + "|", StringComparison.Ordinal)))
            .Concat(rows.Records.Values.Where(record => !rows.Jobs.ContainsKey(record.JobId)).Select(static record => $"record of {record.JobId}"));
    }
}
