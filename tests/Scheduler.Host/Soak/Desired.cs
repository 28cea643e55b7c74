using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Tests.Faults;

namespace Saas.Scheduler.Host.Tests.Soak;

/// <summary>What is not yet as the jobs want it, in a cell with room for all of them.</summary>
internal static class Desired
{
    public static IReadOnlyList<string> ComplaintsOf(ClusterRows rows) =>
    [
        .. rows.Jobs.Values.SelectMany(job => ComplaintsOf(rows, job)),
        .. rows.Assigned.Where(entry => !rows.Jobs.ContainsKey(entry.Allocation.JobId)).Select(static entry => $"{entry.Allocation.JobId} runs and is no job"),
        .. rows.Assigned.Where(static entry => entry.Allocation.DesiredStatus != DesiredStatus.Run).Select(static entry => $"{entry.Allocation.Id} is leaving"),
        .. rows.Evaluations.Where(static evaluation => evaluation.Status is EvaluationStatus.Pending or EvaluationStatus.Blocked)
            .Select(static evaluation => $"{evaluation.Id} of {evaluation.JobId} is {evaluation.Status}"),
        .. rows.Nodes.Values.Where(static node => node.Status != NodeStatus.Ready).Select(static node => $"{node.Id} is {node.Status}"),
        .. rows.Jobs.Keys.Select(rows.LatestDeploymentOf).Where(static deployment => deployment is not null && DeploymentStatus.IsActive(deployment.Value.Status))
            .Select(static deployment => $"the deployment of {deployment!.Value.JobId} v{deployment.Value.JobVersion} goes on"),
    ];

    private static IEnumerable<string> ComplaintsOf(ClusterRows rows, JobRecord job)
    {
        var id = job.Job.ID!;
        var own = rows.Assigned.Where(entry => entry.Allocation.JobId == id).ToArray();
        if (job.Purge || job.Job.Stop is true)
        {
            return job.Purge ? [$"{id} is not purged"] : own.Select(entry => $"{entry.Allocation.Id} of {id} was stopped");
        }

        var wanted = job.Job.TaskGroups!.SelectMany(static group => Enumerable.Range(0, group.Count ?? 1)).ToArray();
        return wanted.SelectMany(index => ComplaintsOf(rows, job, index, [.. own.Where(entry => entry.Allocation.Index == index)]))
            .Concat(own.Where(entry => !wanted.Contains(entry.Allocation.Index)).Select(entry => $"{id}[{entry.Allocation.Index}] is too many"));
    }

    private static IEnumerable<string> ComplaintsOf(
        ClusterRows rows, JobRecord job, int index, (string NodeId, AssignedAllocation Allocation)[] own)
    {
        var name = $"{job.Job.ID}[{index}] v{job.Version}";
        if (own.Length == 0 && job.Job.Type == JobTypes.Batch)
        {
            return rows.Records.Values.Any(record => record.JobId == job.Job.ID && record.Index == index
                && record.ClientStatus == ClientStatus.Complete && record.JobVersion == job.Version)
                ? []
                : [$"{name} has not completed"];
        }

        return own is [var (_, only)] && only.JobVersion == job.Version && rows.Records.GetValueOrDefault(only.Id)?.ClientStatus == ClientStatus.Running
            ? []
            : [$"{name}: {string.Join(", ", own.Select(entry => $"{entry.Allocation.Id} v{entry.Allocation.JobVersion} {rows.Records.GetValueOrDefault(entry.Allocation.Id)?.ClientStatus}"))}"];
    }
}
