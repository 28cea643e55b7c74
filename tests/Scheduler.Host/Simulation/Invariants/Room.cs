using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Simulation.Invariants;

/// <summary>What a group asks for, added up from the submission.</summary>
internal readonly record struct Need(long Mhz, long Cores, long MemoryMb, long DiskMb)
{
    public static Need Of(TaskGroup group)
    {
        var (mhz, cores, memory) = (0L, 0L, 0L);
        foreach (var resources in group.Tasks!.Select(static task => task.Resources!))
        {
            cores += resources.Cores ?? 0;
            mhz += resources.Cores is > 0 ? 0 : resources.CPU ?? 100;
            memory += resources.MemoryMB ?? 300;
        }

        return new Need(mhz, cores, memory, group.EphemeralDisk?.SizeMB ?? 300);
    }

    public static Need operator +(Need one, Need other) =>
        new(one.Mhz + other.Mhz, one.Cores + other.Cores, one.MemoryMb + other.MemoryMb, one.DiskMb + other.DiskMb);

    /// <summary>Whole cores take their share of the MHz with them.</summary>
    public bool FitsInto(NodeResources node) =>
        Mhz + (Cores * (node.Cores > 0 ? node.CpuMhz / node.Cores : 0)) <= node.CpuMhz
        && Cores <= node.Cores && MemoryMb <= node.MemoryMB && DiskMb <= node.DiskMB;
}

/// <summary>Whether things fit on a node together.</summary>
internal static class Room
{
    /// <summary>Null: they do. Else what they have too much of.</summary>
    public static string? Excess(NodeRecord node, IReadOnlyCollection<AssignedAllocation> together)
    {
        var sum = together.Aggregate(default(Need), static (sum, allocation) => sum + Need.Of(allocation.TaskGroup));
        if (node.Fingerprint is null || !sum.FitsInto(node.Fingerprint.Resources))
        {
            return $"{sum} on {node.Fingerprint?.Resources}";
        }

        var ports = together.SelectMany(static allocation => (allocation.Ports ?? []).Select(static port => (port.HostNetwork, port.Value)));
        if (ports.GroupBy(static port => port).FirstOrDefault(static group => group.Count() > 1) is { } port)
        {
            return $"port {port.Key} twice";
        }

        var devices = together.SelectMany(static allocation => (allocation.Devices ?? []).SelectMany(static device => device.Ids));
        return devices.GroupBy(static id => id).FirstOrDefault(static group => group.Count() > 1) is { } device ? $"device {device.Key} twice" : null;
    }

    /// <summary>Whether one more of the group finds room beside the others.</summary>
    public static bool HasRoomFor(NodeRecord node, IReadOnlyCollection<AssignedAllocation> others, TaskGroup group)
    {
        var sum = others.Aggregate(Need.Of(group), static (sum, allocation) => sum + Need.Of(allocation.TaskGroup));
        return node.Fingerprint is { } fingerprint && sum.FitsInto(fingerprint.Resources)
            && HasPortsFor(fingerprint, others, group) && HasDevicesFor(fingerprint, others, group);
    }

    private static bool HasPortsFor(NodeFingerprint node, IReadOnlyCollection<AssignedAllocation> others, TaskGroup group)
    {
        var taken = others.SelectMany(static other => other.Ports ?? []).Select(static port => (port.HostNetwork, port.Value)).ToHashSet();
        foreach (var port in (group.Networks ?? []).SelectMany(static network => network.ReservedPorts ?? []))
        {
            var network = string.IsNullOrEmpty(port.HostNetwork) ? "default" : port.HostNetwork;
            var offered = node.Networks?.FirstOrDefault(candidate => candidate.Name == network);
            if (offered is null || taken.Contains((network, port.Value!.Value)) || (offered.ReservedPorts ?? []).Contains(port.Value!.Value))
            {
                return false;
            }
        }

        // Of the dynamic ones there are more than any node of the simulation could run out of.
        return (group.Networks ?? []).SelectMany(static network => network.DynamicPorts ?? [])
            .All(port => node.Networks?.Any(network => network.Name == (string.IsNullOrEmpty(port.HostNetwork) ? "default" : port.HostNetwork)) ?? false);
    }

    /// <summary>For the one device that groups of the simulation ask for.</summary>
    private static bool HasDevicesFor(NodeFingerprint node, IReadOnlyCollection<AssignedAllocation> others, TaskGroup group)
    {
        var taken = others.SelectMany(static other => other.Devices ?? []).SelectMany(static device => device.Ids).ToHashSet();
        return (group.Tasks![0].Resources!.Devices ?? []).All(ask => (node.Devices ?? []).Any(offered =>
            Suitability.IsNamed(ask.Name!, offered)
            && offered.Instances.Count(instance => instance.Value && !taken.Contains(instance.Key)) >= ask.Count));
    }
}
