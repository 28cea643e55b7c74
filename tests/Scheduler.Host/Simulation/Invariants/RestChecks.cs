using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Simulation.Invariants;

/// <summary>
/// When nothing is under way: what shall run runs, or it is known why not; who waits for room would not find any; drains
/// are over; and a new leader, who looks at everything anew, changes nothing.
/// </summary>
internal sealed class RestChecks(World world)
{
    /// <summary>After its deadline, or the node's return, a drain has so long for what is killed slowly, reported late, or silent.</summary>
    private static readonly TimeSpan DrainPatience = TimeSpan.FromMinutes(30);

    /// <summary>Longer than any delay before a failed allocation is replaced.</summary>
    private static readonly TimeSpan ReplacePatience = TimeSpan.FromMinutes(12);

    public void CheckDrains()
    {
        foreach (var node in world.Mirror.Nodes.Values.Where(static node => node is { Drain.Deadline: not null, Status: NodeStatus.Ready }))
        {
            var deadline = node.Drain!.StartedAt + node.Drain.Deadline!.Value;
            var from = deadline > node.StatusChangedAt ? deadline : node.StatusChangedAt;
            Checks.Holds(from + DrainPatience > world.Clock.GetUtcNow(), () => $"the drain of {node.Id} was to end at {deadline:u}");
        }
    }

    /// <param name="blocked">As they were before the new leader came.</param>
    public void CheckNothingIsLeft(Changes changes, IReadOnlyList<EvaluationRecord> blocked)
    {
        string[] what = [.. changes.Documents.Keys, .. changes.Deployments.Keys, .. changes.Records.Keys, .. changes.Nodes.Keys, .. changes.Jobs.Keys.Select(static key => key.Job)];
        Checks.Holds(what.Length == 0, () => $"a new leader found something to do: {string.Join(", ", what)}{Describe(changes)}\nblocked were {string.Join("; ", blocked.Select(static one => $"{one.JobId}: {string.Join(',', one.FailedPlacements.Keys)} {one.StatusDescription}"))}");
    }

    public void Check()
    {
        foreach (var (nodeId, allocation) in world.Mirror.Assigned.Values)
        {
            Checks.Holds(!world.Mirror.Nodes[nodeId].Revoked, () => $"{allocation.Id} waits for {nodeId}, which never comes back");
            Checks.Holds(!world.Mirror.HasEnded(allocation.Id), () => $"{allocation.Id} has ended, and stays in the document of {nodeId}");
            if (world.Mirror.Nodes[nodeId].Status == NodeStatus.Ready && world.Fleet.IsOnline(nodeId))
            {
                Checks.Holds(allocation.DesiredStatus == DesiredStatus.Run, () => $"{allocation.Id} on {nodeId} does not stop");
                Checks.Holds(world.Mirror.Records.GetValueOrDefault(allocation.Id)?.ClientStatus == ClientStatus.Running, () => $"{allocation.Id} on {nodeId} does not start");
            }
        }

        foreach (var job in world.Mirror.Jobs.Values.Where(static job => !job.IsParent))
        {
            Checks.Holds(!job.Purge, () => $"{job.Job.ID} was to be purged, and is still there");
            if (job.Job.Stop is not true)
            {
                CheckRuns(job);
            }
        }

        foreach (var node in world.Mirror.Nodes.Values.Where(static node => node is { Drain: not null, Status: NodeStatus.Ready }))
        {
            CheckDrain(node);
        }
    }

    private void CheckRuns(JobRecord job)
    {
        foreach (var group in job.Job.TaskGroups!)
        {
            if (job.Job.Type is JobTypes.System or JobTypes.SysBatch)
            {
                foreach (var node in world.Mirror.Nodes.Values.Where(node => group.Count > 0 && Suitability.IsOpen(node) && Suitability.WhyNot(node, job.Job, group) is null))
                {
                    CheckName(job, group, entry => entry.NodeId == node.Id, record => record.NodeId == node.Id, $"on {node.Id}", [node]);
                }
            }
            else
            {
                for (var index = 0; index < group.Count; index++)
                {
                    var at = index;
                    CheckName(job, group, entry => entry.Allocation.Index == at, record => record.Index == at, $"[{at}]", [.. world.Mirror.Nodes.Values]);
                }
            }
        }
    }

    private void CheckName(
        JobRecord job, TaskGroup group, Func<(string NodeId, AssignedAllocation Allocation), bool> isOfName, Func<AllocationRecord, bool> wasOfName, string name, NodeRecord[] nodes)
    {
        var live = world.Mirror.Live.Where(entry => entry.Allocation.ProjectId == job.ProjectId && entry.Allocation.JobId == job.Job.ID && entry.Allocation.Group == group.Name);
        if (live.Any(isOfName))
        {
            return;
        }

        var records = world.Mirror.RecordsOf(job.ProjectId, job.Job.ID!).Where(record => record.Group == group.Name && wasOfName(record)).ToArray();
        var runsOnce = job.Job.Type is JobTypes.Batch or JobTypes.SysBatch;
        if (runsOnce && records.Any(record => record.JobVersion == job.Version && record is { ClientStatus: ClientStatus.Complete, DesiredStatus: DesiredStatus.Run }))
        {
            return;
        }

        if (job.Job.Type is JobTypes.System or JobTypes.SysBatch && records.LastOrDefault() is { } ended
            && PlacementChecks.IsNotRescheduled(ended, job.Version, world.Mirror.Nodes[ended.NodeId]))
        {
            return;
        }

        if (world.Mirror.Evaluations.Values.Any(evaluation => evaluation.ProjectId == job.ProjectId && evaluation.JobId == job.Job.ID
            && evaluation.Status == EvaluationStatus.Blocked && evaluation.FailedPlacements.GetValueOrDefault(group.Name!) is { Missing: > 0 }))
        {
            // What stands still may wait with the version before, which asks for other things.
            if (!StandsStill(job, group))
            {
                CheckNoRoom(job, group, live.ToArray(), nodes);
            }

            return;
        }

        // Canaries that were not promoted never had the name for themselves.
        var last = records.LastOrDefault(static record => !record.Canary);
        Checks.Holds(IsExplained(job, group, last), () => $"{job.Job.ID}.{group.Name}{name} shall run and does not; the last was {last}, the deployment {world.Mirror.LatestDeploymentOf(job)}");
    }

    private bool IsExplained(JobRecord job, TaskGroup group, AllocationRecord? last)
    {
        // What was stopped before a roll-out came to stand still is not filled.
        if (StandsStill(job, group))
        {
            return true;
        }

        if (group.Disconnect is { Replace: false, LostAfter: null } && last is not null && world.Mirror.Nodes[last.NodeId] is { Revoked: false, Status: NodeStatus.Down or NodeStatus.Disconnected })
        {
            return true;
        }

        if (job.Job.Type is JobTypes.System or JobTypes.SysBatch)
        {
            return false;
        }

        // Its agent is cut off, and may not have stopped it yet.
        if (group.Disconnect?.StopOnClientAfter is { } nanoseconds && last is not null
            && world.Mirror.Nodes[last.NodeId] is { Status: NodeStatus.Down or NodeStatus.Disconnected } silent
            && silent.StatusChangedAt + TimeSpan.FromTicks(nanoseconds / 100) + TimeSpan.FromSeconds(5) > world.Clock.GetUtcNow())
        {
            return true;
        }

        var endedByItself = last is { DesiredStatus: DesiredStatus.Run, ClientStatus: ClientStatus.Failed or ClientStatus.Complete } && last.JobVersion == job.Version;
        return endedByItself && (group.ReschedulePolicy?.Unlimited is not true || last!.ModifiedAt + ReplacePatience > world.Clock.GetUtcNow());
    }

    /// <summary>By a user, by failing, or for its canaries.</summary>
    private bool StandsStill(JobRecord job, TaskGroup group) =>
        world.Mirror.LatestDeploymentOf(job) is { Status: not DeploymentStatus.Successful } held && held.JobVersion == job.Version
        && (held.Status != DeploymentStatus.Running || held.Groups.GetValueOrDefault(group.Name!) is { DesiredCanaries: > 0, Promoted: false });

    /// <summary>Neither free room nor, where it may be taken, that of lower priorities.</summary>
    private void CheckNoRoom(JobRecord job, TaskGroup group, (string NodeId, AssignedAllocation Allocation)[] own, NodeRecord[] nodes)
    {
        if (world.Mirror.Quotas.GetValueOrDefault(job.ProjectId) is { } quota && IsUsedUp(quota, group))
        {
            return;
        }

        foreach (var node in nodes.Where(node => Suitability.IsOpen(node) && Suitability.WhyNot(node, job.Job, group) is null && IsDistinct(group, own, node)))
        {
            var there = world.Mirror.Documents.GetValueOrDefault(node.Id)?.Allocations ?? [];
            Checks.Holds(!Room.HasRoomFor(node, there, group), () => $"{job.Job.ID}.{group.Name} waits for room, and {node.Id} has it");
            if (PlacementChecks.MayPreempt(world.Mirror.Settings, job.Job.Type!))
            {
                var staying = there.Where(other => other.JobId == job.Job.ID || !GivesWay(other, job)).ToArray();
                Checks.Holds(!Room.HasRoomFor(node, staying, group), () => $"{job.Job.ID}.{group.Name} waits for room, and could take it on {node.Id}");
            }
        }
    }

    private bool GivesWay(AssignedAllocation other, JobRecord job) =>
        world.Mirror.VersionOf(other)?.Job.Priority <= job.Job.Priority - 10
        && world.Mirror.Jobs[(other.ProjectId, other.JobId)].Job.Priority <= job.Job.Priority - 10;

    private bool IsUsedUp(ProjectQuota quota, TaskGroup group)
    {
        var assigned = world.Mirror.Assigned.Values.Where(entry => entry.Allocation.ProjectId == quota.ProjectId).ToArray();
        var sum = assigned.Aggregate(Need.Of(group), static (sum, entry) => sum + Need.Of(entry.Allocation.TaskGroup));
        return sum.Mhz > (quota.CpuMhz ?? long.MaxValue) || sum.MemoryMb > (quota.MemoryMb ?? long.MaxValue) || assigned.Length >= (quota.Allocations ?? long.MaxValue);
    }

    private bool IsDistinct(TaskGroup group, (string NodeId, AssignedAllocation Allocation)[] own, NodeRecord node) => (group.Constraints ?? []).All(constraint => constraint.Operand switch
    {
        Operands.DistinctHosts => own.All(entry => entry.NodeId != node.Id),
        Operands.DistinctProperty => own.Count(entry =>
            Suitability.ValueOf(constraint.LTarget!, world.Mirror.Nodes[entry.NodeId]) == Suitability.ValueOf(constraint.LTarget!, node)) < int.Parse(constraint.RTarget!),
        _ => true,
    });

    /// <summary>Without a deadline it goes at the pace of the groups, and stands where one of them is short of others.</summary>
    private void CheckDrain(NodeRecord node)
    {
        foreach (var allocation in world.Mirror.Documents[node.Id].Allocations)
        {
            var isPerNode = allocation.JobType is JobTypes.System or JobTypes.SysBatch;
            var group = world.Mirror.Jobs[(allocation.ProjectId, allocation.JobId)].Job.TaskGroups!.First(group => group.Name == allocation.Group);
            var known = world.Mirror.Live.Count(entry => entry.Allocation.ProjectId == allocation.ProjectId && entry.Allocation.JobId == allocation.JobId && entry.Allocation.Group == allocation.Group
                && !entry.Allocation.Canary && !world.Mirror.IsUnknown(entry.Allocation.Id) && world.Mirror.HealthOf(entry.Allocation) is not null);
            Checks.Holds(isPerNode || group.Count - known >= (group.Migrate?.MaxParallel ?? 1), () => $"{allocation.Id} does not leave {node.Id}, which is drained: {Text(allocation)}, {known} of {group.Count} are known to be well or not, migrate {group.Migrate}, deployment {world.Mirror.LatestDeploymentOf(world.Mirror.Jobs[(allocation.ProjectId, allocation.JobId)])}, {world.Mirror.Records.GetValueOrDefault(allocation.Id)}");
        }
    }

    private string Describe(Changes changes) => string.Concat(changes.Documents.Select(entry =>
    {
        var before = (entry.Value?.Allocations ?? []).Select(Text);
        var after = world.Mirror.Documents[entry.Key].Allocations.Select(Text);
        return $"\n{entry.Key}: was {string.Join("; ", before.Except(after))}; is {string.Join("; ", after.Except(before))}";
    }));

    private static string Text(AssignedAllocation allocation) =>
        $"{allocation.Id} {allocation.JobId}.{allocation.Group}[{allocation.Index}] v{allocation.JobVersion} {allocation.DesiredStatus} ({allocation.DesiredDescription})";
}
