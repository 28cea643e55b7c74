using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Faults;

/// <summary>
/// Whether a node can bear its document, counted the slow way and from the document alone: amounts, ports, devices. What
/// leaves does not count where others follow it, for they start when it has ended.
/// </summary>
internal static class NodeRoom
{
    private const int DefaultMhz = 100;
    private const int DefaultMb = 300;

    /// <summary>What is too much; empty: it fits.</summary>
    public static IEnumerable<string> ExcessOf(NodeRecord node, NodeAssignment document)
    {
        var followed = document.Allocations.SelectMany(static allocation => allocation.Follows ?? []).ToHashSet();
        var counted = document.Allocations
            .Where(allocation => allocation.DesiredStatus == DesiredStatus.Run || !followed.Contains(allocation.Id)).ToArray();
        var tasks = counted.SelectMany(static allocation => allocation.TaskGroup.Tasks ?? []).ToArray();
        var has = node.Fingerprint!.Resources;
        var cores = tasks.Sum(static task => task.Resources?.Cores ?? 0);
        var mhz = tasks.Sum(static task => task.Resources?.Cores > 0 ? 0 : task.Resources?.CPU ?? DefaultMhz) + (cores * (has.CpuMhz / has.Cores));
        var memory = tasks.Sum(static task => task.Resources?.MemoryMB ?? DefaultMb);
        var disk = counted.Sum(static allocation => allocation.TaskGroup.EphemeralDisk?.SizeMB ?? DefaultMb);
        (string What, long Used, long Has)[] amounts =
            [("cores", cores, has.Cores), ("cpu", mhz, has.CpuMhz), ("memory", memory, has.MemoryMB), ("disk", disk, has.DiskMB)];
        return amounts.Where(static amount => amount.Used > amount.Has)
            .Select(amount => $"{node.Id}: {amount.Used} of {amount.Has} {amount.What}")
            .Concat(counted.SelectMany(allocation => LackOf(node, allocation)))
            .Concat(TakenTwice(node, counted));
    }

    private static IEnumerable<string> LackOf(NodeRecord node, AssignedAllocation allocation)
    {
        var group = allocation.TaskGroup;
        var ports = (group.Networks ?? []).Sum(static network => (network.ReservedPorts?.Count ?? 0) + (network.DynamicPorts?.Count ?? 0));
        if ((allocation.Ports?.Count ?? 0) != ports)
        {
            yield return $"{node.Id}: {allocation.Id} has {allocation.Ports?.Count ?? 0} of {ports} ports";
        }

        var devices = (group.Tasks ?? []).SelectMany(static task => task.Resources?.Devices ?? []).Sum(static device => device.Count ?? 1);
        if ((allocation.Devices ?? []).Sum(static device => device.Ids.Count) != devices)
        {
            yield return $"{node.Id}: {allocation.Id} has not its {devices} devices";
        }
    }

    private static IEnumerable<string> TakenTwice(NodeRecord node, AssignedAllocation[] counted)
    {
        var ports = counted.SelectMany(static allocation => allocation.Ports ?? []).Select(static port => $"port {port.HostNetwork}:{port.Value}");
        var devices = counted.SelectMany(static allocation => allocation.Devices ?? [])
            .SelectMany(static device => device.Ids.Select(id => $"device {device.Vendor}/{device.Type}/{device.Name} {id}")).ToArray();
        var there = (node.Fingerprint!.Devices ?? []).SelectMany(static group =>
            group.Instances.Select(instance => $"device {group.Vendor}/{group.Type}/{group.Name} {instance.Key}"));
        return ports.Concat(devices).GroupBy(static thing => thing).Where(static thing => thing.Count() > 1)
            .Select(thing => $"{node.Id}: {thing.Key} is given twice")
            .Concat(devices.Except(there).Select(device => $"{node.Id} has no {device}"));
    }
}
