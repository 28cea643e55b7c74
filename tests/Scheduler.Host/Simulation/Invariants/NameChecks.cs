using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Simulation.Invariants;

/// <summary>
/// Each name has at most one allocation that is meant to run, beside canaries that nobody has promoted and originals
/// whose node is silent; never more than the count; nothing of a job that is stopped.
/// </summary>
internal sealed class NameChecks(World world)
{
    public void Check()
    {
        foreach (var job in world.Mirror.Live.GroupBy(static entry => (entry.Allocation.ProjectId, entry.Allocation.JobId)))
        {
            if (world.Post.IsHeard(InboxKinds.Job, job.Key.ProjectId, job.Key.JobId))
            {
                CheckJob(world.Mirror.Jobs.GetValueOrDefault(job.Key), [.. job]);
            }
        }

        foreach (var evaluation in world.Mirror.Evaluations.Values.Where(static evaluation => evaluation.Status == EvaluationStatus.Pending))
        {
            Checks.Holds(!world.Post.IsHeard(InboxKinds.Job, evaluation.ProjectId, evaluation.JobId),
                () => $"evaluation {evaluation.Id} of {evaluation.JobId} was not looked at");
        }
    }

    /// <summary>What is stopped by its agent when that is cut off has ended before another begins in its place.</summary>
    public void CheckRunsAlone(string nodeId, AssignedAllocation starts)
    {
        if (starts.TaskGroup.Disconnect?.StopOnClientAfter is null)
        {
            return;
        }

        foreach (var (otherNode, other) in world.Fleet.Running)
        {
            Checks.Holds(
                other.Id != starts.PreviousAllocation || other.JobVersion != starts.JobVersion || other.TaskGroup.Disconnect?.StopOnClientAfter is null
                    || world.Mirror.Records.GetValueOrDefault(other.Id) is not { ClientStatus: ClientStatus.Lost, DesiredStatus: DesiredStatus.Run },
                () => $"{starts.Id} starts on {nodeId} while {other.Id}, which it replaces, still runs on {otherNode}");
        }
    }

    private void CheckJob(JobRecord? job, (string NodeId, AssignedAllocation Allocation)[] live)
    {
        var first = live[0].Allocation;
        Checks.Holds(job is { Purge: false, IsParent: false } && job.Job.Stop is not true, () => $"{first.JobId} shall not run, and {first.Id} does");
        foreach (var group in live.GroupBy(static entry => entry.Allocation.Group))
        {
            var asked = job!.Job.TaskGroups!.FirstOrDefault(candidate => candidate.Name == group.Key);
            Checks.Holds(asked is not null, () => $"{first.JobId} has no group {group.Key} any more, and {group.First().Allocation.Id} runs");
            if (job.Job.Type is JobTypes.System or JobTypes.SysBatch)
            {
                Checks.Holds(asked!.Count != 0, () => $"{first.JobId}.{group.Key} shall not run, and does");
                Once(group.GroupBy(static entry => entry.NodeId));
            }
            else
            {
                var named = group.Where(entry => !IsBeside(job, entry.Allocation)).ToArray();
                Checks.Holds(named.Length <= asked!.Count, () => $"{named.Length} of {first.JobId}.{group.Key} run, and {asked.Count} shall: {Text(named)}; deployment {world.Mirror.LatestDeploymentOf(job)}");
                Checks.Holds(named.All(entry => entry.Allocation.Index < asked.Count), () => $"an index of {first.JobId}.{group.Key} is beyond {asked.Count}");
                Once(named.GroupBy(static entry => entry.Allocation.Index));
            }
        }
    }

    private bool IsBeside(JobRecord job, AssignedAllocation allocation) => world.Mirror.IsUnknown(allocation.Id)
        || (allocation.Canary && world.Mirror.LatestDeploymentOf(job) is { } latest && latest.Id == allocation.DeploymentId
            && (latest.Groups.GetValueOrDefault(allocation.Group) is { Promoted: false } || !world.Post.IsHeard(InboxKinds.Deployment, job.ProjectId, latest.Id)));

    private string Text(IEnumerable<(string NodeId, AssignedAllocation Allocation)> live) => string.Join("; ", live.Select(entry =>
        $"[{entry.Allocation.Index}] {entry.Allocation.Id} v{entry.Allocation.JobVersion} on {entry.NodeId}, {world.Mirror.Nodes[entry.NodeId].Status}, canary {entry.Allocation.Canary}, of {entry.Allocation.DeploymentId}, {world.Mirror.Records.GetValueOrDefault(entry.Allocation.Id)?.ClientStatus}"));

    private static void Once<T>(IEnumerable<IGrouping<T, (string NodeId, AssignedAllocation Allocation)>> names)
    {
        foreach (var name in names)
        {
            Checks.Holds(name.Count() == 1, () => $"two run under one name: {string.Join(", ", name.Select(static entry => $"{entry.Allocation.Id} on {entry.NodeId}"))}, {name.First().Allocation.JobId}.{name.First().Allocation.Group}[{name.Key}]");
        }
    }
}
