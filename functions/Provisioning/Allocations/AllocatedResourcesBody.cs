using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Allocations;

/// <summary>Nomad's AllocatedResources: what an allocation has of its node for as long as it is assigned.</summary>
/// <param name="Tasks">By name.</param>
internal sealed record AllocatedResourcesBody(IReadOnlyDictionary<string, AllocatedTaskBody> Tasks, AllocatedSharedBody Shared)
{
    private const int DefaultCpuMhz = 100;
    private const int DefaultMemoryMB = 300;
    private const int DefaultDiskMB = 300;

    public static AllocatedResourcesBody Of(TaskGroup group, IReadOnlyList<AssignedPort> ports, IReadOnlyList<AssignedDevice> devices) => new(
        (group.Tasks ?? []).ToDictionary(static task => task.Name ?? "", task => OfTask(task, devices, group.MemoryOversubscription is true)),
        new AllocatedSharedBody(
            group.EphemeralDisk?.SizeMB ?? DefaultDiskMB,
            NetworksOf(group, ports),
            [.. ports.Select(static port => new AllocatedPortBody(port.Label, port.Value, port.To, port.HostIp))]));

    private static AllocatedTaskBody OfTask(JobTask task, IReadOnlyList<AssignedDevice> devices, bool oversubscribes)
    {
        var cores = task.Resources?.Cores ?? 0;
        return new AllocatedTaskBody(
            new AllocatedCpuBody(cores > 0 ? 0 : task.Resources?.CPU ?? DefaultCpuMhz, cores),
            new AllocatedMemoryBody(task.Resources?.MemoryMB ?? DefaultMemoryMB, oversubscribes ? task.Resources?.MemoryMaxMB ?? 0 : 0),
            [
                .. devices.Where(device => device.Task == task.Name)
                    .Select(static device => new AllocatedDeviceBody(device.Vendor, device.Type, device.Name, device.Ids)),
            ]);
    }

    /// <summary>The group's network, with the numbers its ports were given: one for each address they are at.</summary>
    private static AllocatedNetworkBody[] NetworksOf(TaskGroup group, IReadOnlyList<AssignedPort> ports)
    {
        var reserved = (group.Networks ?? []).SelectMany(static network => network.ReservedPorts ?? [])
            .Select(static port => port.Label).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. ports.GroupBy(static port => port.HostIp, StringComparer.Ordinal).Select(network => new AllocatedNetworkBody(
                group.Networks is [{ Mode: { Length: > 0 } mode }, ..] ? mode : "host",
                network.Key,
                [.. network.Where(port => reserved.Contains(port.Label)).Select(ToBody)],
                [.. network.Where(port => !reserved.Contains(port.Label)).Select(ToBody)])),
        ];

        static NetworkPortBody ToBody(AssignedPort port) => new(port.Label, port.Value, port.To, port.HostNetwork);
    }
}

internal sealed record AllocatedTaskBody(AllocatedCpuBody Cpu, AllocatedMemoryBody Memory, IReadOnlyList<AllocatedDeviceBody> Devices);

/// <param name="CpuShares">MHz; 0 where it has whole cores.</param>
/// <param name="ReservedCoreCount">Our own, where Nomad names the cores: whole cores, whichever the system gives.</param>
internal sealed record AllocatedCpuBody(int CpuShares, int ReservedCoreCount);

/// <param name="MemoryMaxMB">0: no more than <paramref name="MemoryMB"/>; -1: what the node has.</param>
internal sealed record AllocatedMemoryBody(int MemoryMB, int MemoryMaxMB);

internal sealed record AllocatedDeviceBody(string Vendor, string Type, string Name, IReadOnlyList<string> DeviceIDs);

internal sealed record AllocatedSharedBody(int DiskMB, IReadOnlyList<AllocatedNetworkBody> Networks, IReadOnlyList<AllocatedPortBody> Ports);

/// <summary>Nomad's NetworkResource as far as it has a meaning on a node.</summary>
internal sealed record AllocatedNetworkBody(
    string Mode, string IP, IReadOnlyList<NetworkPortBody> ReservedPorts, IReadOnlyList<NetworkPortBody> DynamicPorts);

internal sealed record NetworkPortBody(string Label, int Value, int To, string HostNetwork);

/// <summary>Nomad's PortMapping.</summary>
internal sealed record AllocatedPortBody(string Label, int Value, int To, string HostIP);
