using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Core.Reconcile;

namespace Saas.Scheduler.Host.Tests.Simulation.Invariants;

/// <summary>Deployments only go on, one at a time for a job, and replace no more at once than they may.</summary>
internal sealed class DeploymentChecks(World world)
{
    public int Seen { get; private set; }

    public void Check(Changes changes)
    {
        foreach (var (id, before) in changes.Deployments)
        {
            if (world.Mirror.Deployments.GetValueOrDefault(id) is { } after)
            {
                Seen += before is null ? 1 : 0;
                CheckGoesOn(before, after);
            }
        }

        foreach (var job in world.Mirror.Deployments.Values.Where(static deployment => DeploymentStatus.IsActive(deployment.Status))
            .GroupBy(static deployment => (deployment.ProjectId, deployment.JobId)))
        {
            Checks.Holds(job.Count() == 1 || !world.Post.IsHeard(InboxKinds.Job, job.Key.ProjectId, job.Key.JobId), () => $"{job.Key.JobId} has several deployments that are active: {string.Join(", ", job.Select(static one => one.Id))}");
        }

        CheckPace(changes);
    }

    private static void CheckGoesOn(DeploymentRecord? before, DeploymentRecord after)
    {
        if (before is null)
        {
            Checks.Holds(after.Groups.Count > 0, () => $"{after.Id} has no groups");
            return;
        }

        Checks.Holds(DeploymentStatus.IsActive(before.Status) || before.Status == after.Status, () => $"{after.Id} was {before.Status} and is {after.Status}");
        Checks.Holds(before.JobVersion == after.JobVersion && before.JobId == after.JobId, () => $"{after.Id} is of another version now");
        foreach (var (name, group) in before.Groups)
        {
            var now = after.Groups.GetValueOrDefault(name);
            Checks.Holds(now is not null && (now.Promoted || !group.Promoted) && now.Placed >= group.Placed
                && group.PlacedCanaries.All(now.PlacedCanaries.Contains) && now.DesiredTotal == group.DesiredTotal,
                () => $"{name} of {after.Id} went back: {group}, then {now}");
        }
    }

    /// <summary>Old ones that gave way in this step, and the new ones that are not known to be well.</summary>
    private void CheckPace(Changes changes)
    {
        var before = changes.Documents.Values.SelectMany(static document => document?.Allocations ?? []).ToDictionary(static allocation => allocation.Id);
        var replaced = changes.Documents.Keys.SelectMany(node => world.Mirror.Documents[node].Allocations)
            .Where(allocation => allocation is { DesiredStatus: DesiredStatus.Stop, DesiredDescription: Reasons.NewVersion or Reasons.NodeUnsuitable }
                && before.GetValueOrDefault(allocation.Id)?.DesiredStatus == DesiredStatus.Run);
        foreach (var old in replaced.GroupBy(static allocation => (allocation.ProjectId, allocation.JobId, allocation.Group)))
        {
            var (project, id, name) = old.Key;
            if (!world.Post.IsHeard(InboxKinds.Job, project, id) || world.Mirror.Jobs.GetValueOrDefault((project, id)) is not { Job.Type: JobTypes.Service } job
                || job.Job.TaskGroups!.FirstOrDefault(group => group.Name == name)?.Update?.MaxParallel is not { } parallel
                || world.Mirror.LatestDeploymentOf(job) is not { } deployment || deployment.JobVersion != job.Version
                || !deployment.Groups.TryGetValue(name, out var rollOut) || deployment.Status == DeploymentStatus.Successful)
            {
                continue;
            }

            // Without a new one in its place it gave way to a promoted canary or to one that replaced it while its node was
            // silent, or found no room yet.
            var followed = changes.Documents.Keys.SelectMany(node => world.Mirror.Documents[node].Allocations)
                .Where(allocation => !before.ContainsKey(allocation.Id)).Select(static allocation => allocation.PreviousAllocation).ToHashSet();
            var stopped = old.Where(allocation => !allocation.Canary && followed.Contains(allocation.Id)).Select(static allocation => allocation.Id).ToHashSet();
            if (stopped.Count == 0)
            {
                continue;
            }

            var unproven = world.Mirror.Live.Select(static entry => entry.Allocation).Where(allocation =>
                allocation.ProjectId == project && allocation.JobId == id && allocation.Group == name && allocation.DeploymentId == deployment.Id
                && !world.Mirror.IsUnknown(allocation.Id) && world.Mirror.HealthOf(allocation) is not true
                && (WasThere(changes, before, allocation.Id) || stopped.Contains(allocation.PreviousAllocation ?? ""))).ToArray();
            Checks.Holds(unproven.Length <= Math.Max(parallel, 1), () => $"{unproven.Length} of {id}.{name} are not known to be well, {stopped.Count} more were replaced, and {parallel} may be: {string.Join(", ", unproven.Select(static one => one.Id))}");
            Checks.Holds(rollOut.DesiredCanaries == 0 || rollOut.Promoted || stopped.Count == 0, () => $"{id}.{name} is not promoted, and {stopped.Count} were replaced");
        }
    }

    private bool WasThere(Changes changes, Dictionary<string, AssignedAllocation> before, string id) =>
        before.ContainsKey(id) || !changes.Documents.ContainsKey(world.Mirror.Assigned[id].NodeId);
}
