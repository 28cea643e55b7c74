using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Tests;

/// <summary>
/// What a node can bear, counted the slow way. Of allocations that leave, only so much counts as nobody follows them for:
/// a follower starts when they have ended.
/// </summary>
internal static class NodeLedger
{
    /// <summary>Null: everything fits. Else what does not.</summary>
    public static string? Excess(NodeSpec node, IEnumerable<AllocationState> assigned)
    {
        var there = assigned.ToArray();
        var followed = there.SelectMany(static allocation => allocation.Follows ?? []).ToHashSet();
        var counted = there.Where(allocation => !(followed.Contains(allocation.Id) && allocation.Stopping)).ToArray();
        var mhzPerCore = node.Cores > 0 ? node.CpuMhz / node.Cores : 0;
        return counted.Sum(static allocation => (long)allocation.Ask.Cores) > node.Cores ? "cores"
            : counted.Sum(allocation => allocation.Ask.CpuMhz + ((long)allocation.Ask.Cores * mhzPerCore)) > node.CpuMhz ? "cpu"
            : counted.Sum(static allocation => (long)allocation.Ask.MemoryMb) > node.MemoryMb ? "memory"
            : counted.Sum(static allocation => (long)allocation.Ask.DiskMb) > node.DiskMb ? "disk"
            : there.Sum(static allocation => (long)allocation.Ask.DocumentBytes) > node.DocumentBytes ? "document"
            : TakenTwice(node, counted);
    }

    private static string? TakenTwice(NodeSpec node, IReadOnlyCollection<AllocationState> counted)
    {
        var ports = counted.SelectMany(static allocation => allocation.Grant?.Ports ?? [])
            .Select(static port => (port.Network, port.Value)).ToArray();
        if (ports.Distinct().Count() != ports.Length)
        {
            return "port";
        }

        if (ports.Any(port => node.Networks.FirstOrDefault(network => network.Name == port.Network) is not { } network
            || network.ReservedPorts.Contains(port.Value)))
        {
            return "port that is not the node's to give";
        }

        var devices = counted.SelectMany(static allocation => allocation.Grant?.Devices ?? [])
            .SelectMany(static device => device.Ids.Select(id => (device.Vendor, device.Type, device.Name, Id: id))).ToArray();
        if (devices.Distinct().Count() != devices.Length)
        {
            return "device";
        }

        return devices.All(device => node.Devices.Any(group =>
            (group.Vendor, group.Type, group.Name) == (device.Vendor, device.Type, device.Name) && group.Ids.Contains(device.Id)))
            ? null
            : "device that is not there";
    }
}
