using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Simulation.Invariants;

/// <summary>What is new in a document may be there: node, constraints, quota, ports and devices, victims, and what completed stays done.</summary>
internal sealed class PlacementChecks(World world)
{
    private const int MinPriorityDistance = 10;
    private const int FirstDynamic = 20_000;
    private const int LastDynamic = 32_000;

    public int Placed { get; private set; }

    public int Preempted { get; private set; }

    public void Check(Changes changes)
    {
        var projects = new HashSet<string>();
        foreach (var (nodeId, before) in changes.Documents)
        {
            var known = (before?.Allocations ?? []).ToDictionary(static allocation => allocation.Id);
            var document = world.Mirror.Documents[nodeId];
            foreach (var allocation in document.Allocations)
            {
                var was = known.GetValueOrDefault(allocation.Id);
                if (was is null)
                {
                    Placed++;
                    projects.Add(allocation.ProjectId);
                    CheckNew(document, allocation);
                }
                else if (was.JobVersion != allocation.JobVersion)
                {
                    CheckSuits(nodeId, allocation);
                }

                if (allocation.DesiredStatus == DesiredStatus.Evict && was?.DesiredStatus != DesiredStatus.Evict)
                {
                    Preempted++;
                    CheckVictim(document, allocation);
                }
            }
        }

        foreach (var project in projects.Where(project => world.Post.IsHeard(InboxKinds.Settings, null, "")))
        {
            CheckQuota(project);
        }
    }

    private void CheckNew(NodeAssignment document, AssignedAllocation allocation)
    {
        var node = world.Mirror.Nodes[document.NodeId];
        if (world.Post.IsHeard(InboxKinds.Node, null, node.Id))
        {
            Checks.Holds(Suitability.IsOpen(node), () => $"{Name(allocation)} was placed on {node.Id}, which takes nothing new: {node.Status}, drain {node.Drain}, ineligible {node.Ineligible}");
        }

        CheckSuits(node.Id, allocation);
        CheckVersion(allocation);
        CheckDistinct(node, allocation);
        CheckGrants(node, allocation);
        CheckNotDone(node.Id, allocation);
        CheckNotRescheduled(node, allocation);
        foreach (var followed in allocation.Follows ?? [])
        {
            Checks.Holds(document.Allocations.Any(other => other.Id == followed && other.DesiredStatus != DesiredStatus.Run),
                () => $"{Name(allocation)} follows {followed}, which is not told to stop on {node.Id}");
        }
    }

    private void CheckSuits(string nodeId, AssignedAllocation allocation)
    {
        if (world.Mirror.VersionOf(allocation) is { } version && world.Post.IsHeard(InboxKinds.Node, null, nodeId))
        {
            var group = version.Job.TaskGroups!.Single(group => group.Name == allocation.Group);
            var reason = Suitability.WhyNot(world.Mirror.Nodes[nodeId], version.Job, group);
            Checks.Holds(reason is null, () => $"{nodeId} does not suit {Name(allocation)}: {reason}");
        }
    }

    /// <summary>The present version, or, where a roll-out stands still, the one before.</summary>
    private void CheckVersion(AssignedAllocation allocation)
    {
        if (world.Post.IsHeard(InboxKinds.Job, allocation.ProjectId, allocation.JobId)
            && world.Mirror.Jobs.TryGetValue((allocation.ProjectId, allocation.JobId), out var job) && allocation.JobVersion != job.Version)
        {
            var latest = world.Mirror.LatestDeploymentOf(job);
            Checks.Holds(allocation.JobVersion < job.Version && latest?.JobVersion == job.Version && latest.Status != DeploymentStatus.Successful,
                () => $"{Name(allocation)} was placed in version {allocation.JobVersion}; the job's is {job.Version}, its deployment {latest?.Status}");
        }
    }

    private void CheckDistinct(NodeRecord node, AssignedAllocation allocation)
    {
        if (world.Mirror.VersionOf(allocation) is not { } version)
        {
            return;
        }

        var group = version.Job.TaskGroups!.Single(group => group.Name == allocation.Group);
        var beside = world.Mirror.Live.Where(entry => entry.Allocation.ProjectId == allocation.ProjectId && entry.Allocation.JobId == allocation.JobId
            && entry.Allocation.Group == allocation.Group && !world.Mirror.IsUnknown(entry.Allocation.Id)).ToArray();
        foreach (var constraint in group.Constraints ?? [])
        {
            // A version that is kept up beside it need not ask for this, and may have been placed after it.
            var bound = beside.Where(entry => IsBoundBy(entry.Allocation, constraint)).ToArray();
            if (constraint.Operand == Operands.DistinctHosts)
            {
                Checks.Holds(bound.Count(entry => entry.NodeId == node.Id) <= 1, () => $"{Name(allocation)} is not alone on {node.Id}, and wants distinct hosts");
            }
            else if (constraint.Operand == Operands.DistinctProperty)
            {
                var value = Suitability.ValueOf(constraint.LTarget!, node);
                var same = bound.Count(entry => Suitability.ValueOf(constraint.LTarget!, world.Mirror.Nodes[entry.NodeId]) == value);
                Checks.Holds(same <= int.Parse(constraint.RTarget!), () => $"{same} of {Name(allocation)}'s group are in {value}, and {constraint.RTarget} may be");
            }
        }
    }

    private bool IsBoundBy(AssignedAllocation allocation, Constraint constraint) =>
        world.Mirror.VersionOf(allocation)?.Job.TaskGroups!.Single(group => group.Name == allocation.Group).Constraints?.Contains(constraint) is not false;

    private static void CheckGrants(NodeRecord node, AssignedAllocation allocation)
    {
        var networks = allocation.TaskGroup.Networks ?? [];
        var asked = networks.SelectMany(static network => (network.ReservedPorts ?? []).Concat(network.DynamicPorts ?? [])).ToArray();
        Checks.Holds(asked.Length == (allocation.Ports?.Count ?? 0), () => $"{Name(allocation)} asked for {asked.Length} ports and has {allocation.Ports?.Count}");
        foreach (var port in allocation.Ports ?? [])
        {
            var ask = asked.Single(ask => ask.Label == port.Label);
            Checks.Holds(ask.Value is > 0 ? port.Value == ask.Value : port.Value is >= FirstDynamic and <= LastDynamic, () => $"{Name(allocation)} has port {port.Value} for {port.Label}");
            Checks.Holds(node.Fingerprint!.Networks!.Any(network => network.Name == port.HostNetwork && !(network.ReservedPorts ?? []).Contains(port.Value)),
                () => $"port {port.Value} is not to be had in {port.HostNetwork} of {node.Id}");
        }

        foreach (var ask in allocation.TaskGroup.Tasks![0].Resources!.Devices ?? [])
        {
            var given = (allocation.Devices ?? []).Single();
            var offered = node.Fingerprint!.Devices!.Single(group => group.Name == given.Name);
            Checks.Holds(Suitability.IsNamed(ask.Name!, offered) && given.Ids.Count == ask.Count && given.Ids.All(id => offered.Instances[id]),
                () => $"{Name(allocation)} asked for {ask.Count} {ask.Name} and has {string.Join(',', given.Ids)}");
        }
    }

    /// <summary>What completed in this version is not run again in it.</summary>
    private void CheckNotDone(string nodeId, AssignedAllocation allocation)
    {
        if (allocation.JobType is not (JobTypes.Batch or JobTypes.SysBatch))
        {
            return;
        }

        var done = world.Mirror.RecordsOf(allocation.ProjectId, allocation.JobId).FirstOrDefault(record =>
            record.Id != allocation.Id && record.Group == allocation.Group && record.JobVersion == allocation.JobVersion
            && (allocation.JobType == JobTypes.SysBatch ? record.NodeId == nodeId : record.Index == allocation.Index)
            && record is { ClientStatus: ClientStatus.Complete, DesiredStatus: DesiredStatus.Run }
            && world.Post.IsHeard(InboxKinds.Allocation, record.ProjectId, record.Id));
        Checks.Holds(done is null, () => $"{Name(allocation)} has completed as {done!.Id}, and is run again");
    }

    /// <summary>What runs on each node and ended by itself stays so, until the job changes or, of a system job, its node is ready anew.</summary>
    public static bool IsNotRescheduled(AllocationRecord ended, long version, NodeRecord node) =>
        ended is { DesiredStatus: DesiredStatus.Run, ClientStatus: ClientStatus.Failed or ClientStatus.Complete } && ended.JobVersion == version
        && (ended.JobType == JobTypes.SysBatch || node.StatusChangedAt <= ended.ModifiedAt);

    private void CheckNotRescheduled(NodeRecord node, AssignedAllocation allocation)
    {
        if (allocation.JobType is JobTypes.System or JobTypes.SysBatch && allocation.PreviousAllocation is { } id
            && world.Mirror.Records.GetValueOrDefault(id) is { } previous)
        {
            Checks.Holds(!IsNotRescheduled(previous, allocation.JobVersion, node), () => $"{Name(allocation)} replaces {id}, which ended by itself");
        }
    }

    private void CheckVictim(NodeAssignment document, AssignedAllocation victim)
    {
        var follower = document.Allocations.FirstOrDefault(other => other.Follows?.Contains(victim.Id) ?? false);
        Checks.Holds(follower is not null, () => $"{Name(victim)} was evicted for nobody");
        var (own, other) = (world.Mirror.VersionOf(victim)?.Job.Priority, world.Mirror.VersionOf(follower!)?.Job);
        if (own is not null && other is not null)
        {
            // Of a job with two versions the present one's counts, on either side; the cell may not have heard of it yet.
            var (lowest, highest) = (Math.Min(own.Value, PresentPriority(victim) ?? own.Value), Math.Max(other.Priority!.Value, PresentPriority(follower!) ?? 0));
            Checks.Holds(lowest <= highest - MinPriorityDistance, () => $"{Name(victim)} of priority {lowest} gave way to {Name(follower!)} of {highest}");
            Checks.Holds(!world.Post.IsHeard(InboxKinds.Settings, null, "") || MayPreempt(world.Mirror.Settings, other.Type!), () => $"{Name(follower!)} may not preempt");
        }
    }

    private int? PresentPriority(AssignedAllocation allocation) => world.Mirror.Jobs[(allocation.ProjectId, allocation.JobId)].Job.Priority;

    public static bool MayPreempt(SchedulerSettings settings, string type) => type switch
    {
        JobTypes.Service => settings.PreemptForService,
        JobTypes.Batch => settings.PreemptForBatch,
        JobTypes.SysBatch => settings.PreemptForSysBatch,
        _ => settings.PreemptForSystem,
    };

    private void CheckQuota(string project)
    {
        if (world.Mirror.Quotas.GetValueOrDefault(project) is not { } quota)
        {
            return;
        }

        var assigned = world.Mirror.Assigned.Values.Where(entry => entry.Allocation.ProjectId == project).ToArray();
        var sum = assigned.Aggregate(default(Need), static (sum, entry) => sum + Need.Of(entry.Allocation.TaskGroup));
        Checks.Holds(
            sum.Mhz <= (quota.CpuMhz ?? long.MaxValue) && sum.MemoryMb <= (quota.MemoryMb ?? long.MaxValue) && assigned.Length <= (quota.Allocations ?? long.MaxValue),
            () => $"something was placed beyond the quota of {project}: {sum}, {assigned.Length} allocations of {quota}");
    }

    private static string Name(AssignedAllocation allocation) => $"{allocation.Id} ({allocation.JobId}.{allocation.Group}[{allocation.Index}])";
}
