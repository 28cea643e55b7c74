using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Tests.Oracle;

/// <summary>A cluster kept on paper while a plan is followed: a list of nodes, and a list of what reserves room on them.</summary>
internal sealed class Paper(IEnumerable<NodeSpec> nodes, IEnumerable<AllocationState> allocations, IReadOnlyDictionary<string, Quota> quotas)
{
    public IReadOnlyList<NodeSpec> Nodes { get; } = [.. nodes];

    /// <summary>All that reserves room, with what this plan placed.</summary>
    public List<AllocationState> Reserving { get; } = [.. allocations.Where(static allocation => allocation.Assigned)];

    /// <summary>Ids of those whose room is for those who follow them.</summary>
    public HashSet<string> Leaving { get; } =
        [.. allocations.Where(static allocation => allocation.IsLeaving).Select(static allocation => allocation.Id)];

    /// <summary>Ids of those that the plan has something else in mind with: nobody makes them give way.</summary>
    public HashSet<string> SpokenFor { get; } = [];

    public IReadOnlyList<AllocationState> On(NodeSpec node) => [.. Reserving.Where(allocation => allocation.NodeId == node.Id)];

    public IReadOnlyList<AllocationState> LeavingOn(NodeSpec node) => [.. On(node).Where(allocation => Leaving.Contains(allocation.Id))];

    public void End(AllocationState allocation)
    {
        Reserving.RemoveAll(other => other.Id == allocation.Id);
        SpokenFor.Add(allocation.Id);
    }

    public void Leave(AllocationState allocation)
    {
        Leaving.Add(allocation.Id);
        SpokenFor.Add(allocation.Id);
    }

    public bool IsInQuota(string project, ResourceAsk ask)
    {
        if (!quotas.TryGetValue(project, out var quota))
        {
            return true;
        }

        ResourceAsk[] all = [.. Reserving.Where(allocation => allocation.ProjectId == project).Select(static allocation => allocation.Ask), ask];
        return all.Sum(static one => (long)one.CpuMhz) <= (quota.CpuMhz ?? long.MaxValue)
            && all.Sum(static one => (long)one.Cores) <= (quota.Cores ?? long.MaxValue)
            && all.Sum(static one => (long)one.MemoryMb) <= (quota.MemoryMb ?? long.MaxValue)
            && all.Sum(static one => (long)one.DiskMb) <= (quota.DiskMb ?? long.MaxValue)
            && all.Length <= (quota.Allocations ?? long.MaxValue);
    }

    /// <summary>Whether the node has room for it, were <paramref name="gone"/> not there. Their places in the document stay taken.</summary>
    public bool Fits(NodeSpec node, ResourceAsk ask, IReadOnlyCollection<AllocationState> gone)
    {
        var staying = On(node).Where(allocation => !gone.Contains(allocation)).ToArray();
        ResourceAsk[] all = [.. staying.Select(static allocation => allocation.Ask), ask];
        return all.Sum(static one => (long)one.Cores) <= node.Cores
            && all.Sum(one => Mhz(node, one)) <= node.CpuMhz
            && all.Sum(static one => (long)one.MemoryMb) <= node.MemoryMb
            && all.Sum(static one => (long)one.DiskMb) <= node.DiskMb
            && On(node).Sum(static allocation => (long)allocation.Ask.DocumentBytes) + ask.DocumentBytes <= node.DocumentBytes
            && PortsFit(node, ask, staying)
            && DevicesFor(node, ask, staying) is not null;
    }

    public static long Mhz(NodeSpec node, ResourceAsk ask) =>
        ask.CpuMhz + (ask.Cores * (long)(node.Cores == 0 ? 0 : node.CpuMhz / node.Cores));

    /// <summary>For each ask in turn the group of devices that Nomad would choose; null: they do not suffice.</summary>
    public static IReadOnlyList<NodeDevices>? DevicesFor(NodeSpec node, ResourceAsk ask, IReadOnlyCollection<AllocationState> staying)
    {
        var free = node.Devices.ToDictionary(
            static group => group,
            group => group.Ids.Count - staying.SelectMany(static allocation => allocation.Grant?.Devices ?? [])
                .Where(taken => (taken.Vendor, taken.Type, taken.Name) == (group.Vendor, group.Type, group.Name))
                .SelectMany(static taken => taken.Ids).Distinct().Count(group.Ids.Contains));
        var chosen = new List<NodeDevices>();
        foreach (var device in ask.Devices)
        {
            var best = node.Devices.Where(group => PaperRules.NameFits(device.Name, group)
                    && device.Constraints.All(constraint => PaperRules.Holds(constraint, group)) && free[group] >= device.Count)
                .MaxBy(group => Liking(device, group));
            if (best is null)
            {
                return null;
            }

            free[best] -= device.Count;
            chosen.Add(best);
        }

        return chosen;
    }

    public static int Liking(DeviceAsk ask, NodeDevices group) =>
        ask.Affinities.Where(affinity => PaperRules.Holds(affinity.Constraint, group)).Sum(static affinity => affinity.Weight);

    private static bool PortsFit(NodeSpec node, ResourceAsk ask, IReadOnlyCollection<AllocationState> staying)
    {
        foreach (var wanted in ask.Ports.GroupBy(static port => port.Network))
        {
            if (node.Networks.SingleOrDefault(network => network.Name == wanted.Key) is not { } network)
            {
                return false;
            }

            var taken = staying.SelectMany(static allocation => allocation.Grant?.Ports ?? [])
                .Where(port => port.Network == wanted.Key).Select(static port => port.Value).Concat(network.ReservedPorts).ToHashSet();
            foreach (var port in wanted.Where(static port => port.Static > 0))
            {
                if (!taken.Add(port.Static))
                {
                    return false;
                }
            }

            if (Enumerable.Range(20_000, 12_001).Count(port => !taken.Contains(port)) < wanted.Count(static port => port.Static == 0))
            {
                return false;
            }
        }

        return true;
    }
}
