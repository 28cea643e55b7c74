using System.Globalization;
using Saas.Contracts.Agents;
using Saas.Provisioning.Allocations;

namespace Saas.Provisioning.Nodes;

/// <summary>Nomad's NodeResources.</summary>
/// <param name="Networks">Addresses as jobs of old see them.</param>
/// <param name="NodeNetworks">The networks that ports are taken from.</param>
/// <param name="MinDynamicPort">The range of dynamic ports, of each network; both ends belong to it.</param>
internal sealed record NodeResourcesBody(
    CpuBody Cpu,
    MemoryBody Memory,
    DiskBody Disk,
    IReadOnlyList<NodeAddressBody> Networks,
    IReadOnlyList<NodeNetworkBody> NodeNetworks,
    IReadOnlyList<NodeDeviceBody> Devices,
    int MinDynamicPort,
    int MaxDynamicPort)
{
    // As the scheduler gives them (scheduler/Core/Grants/PortChoice).
    private const int FirstDynamicPort = 20_000;
    private const int LastDynamicPort = 32_000;

    private static readonly HostNetwork[] Unnamed = [new("default", "")];

    public static NodeResourcesBody? Of(NodeFingerprint? fingerprint)
    {
        if (fingerprint is null)
        {
            return null;
        }

        var resources = fingerprint.Resources;
        var networks = fingerprint.Networks is { Count: > 0 } named ? named : Unnamed;
        return new NodeResourcesBody(
            new CpuBody(resources.CpuMhz, resources.Cores, [.. Enumerable.Range(0, Math.Max(0, resources.Cores))]),
            new MemoryBody(resources.MemoryMB),
            new DiskBody(resources.DiskMB),
            [.. networks.Where(static network => network.Ip.Length > 0).Select(static network => new NodeAddressBody("host", "", network.Ip))],
            [.. networks.Select(static network => new NodeNetworkBody("host", "", "", 0, AddressesOf(network)))],
            [.. (fingerprint.Devices ?? []).Select(NodeDeviceBody.Of)],
            FirstDynamicPort,
            LastDynamicPort);
    }

    private static NetworkAddressBody[] AddressesOf(HostNetwork network) =>
    [
        new(
            network.Ip.Contains(':', StringComparison.Ordinal) ? "ipv6" : "ipv4",
            network.Name,
            network.Ip,
            NodeFacts.PortsOf(network),
            ""),
    ];
}

/// <param name="CpuShares">MHz of all cores.</param>
internal sealed record CpuBody(int CpuShares, int TotalCpuCores, IReadOnlyList<int> ReservableCpuCores);

internal sealed record MemoryBody(int MemoryMB);

internal sealed record DiskBody(int DiskMB);

/// <summary>Nomad's NetworkResource. What is reserved on a node is said of its networks.</summary>
/// <param name="ReservedPorts">With labels, as jobs ask for them: a node's have none.</param>
internal sealed record NodeAddressBody(
    string Mode, string Device, string IP, IReadOnlyList<NetworkPortBody>? ReservedPorts = null, IReadOnlyList<NetworkPortBody>? DynamicPorts = null);

internal sealed record NodeNetworkBody(string Mode, string Device, string MacAddress, int Speed, IReadOnlyList<NetworkAddressBody> Addresses);

/// <param name="Alias">What jobs say in <c>host_network</c>.</param>
internal sealed record NetworkAddressBody(string Family, string Alias, string Address, string ReservedPorts, string Gateway);

/// <summary>Nomad's NodeDeviceResource.</summary>
internal sealed record NodeDeviceBody(
    string Vendor, string Type, string Name, IReadOnlyList<DeviceInstanceBody> Instances, IReadOnlyDictionary<string, AttributeBody> Attributes)
{
    public static NodeDeviceBody Of(DeviceGroup group) => new(
        group.Vendor, group.Type, group.Name,
        [.. group.Instances.OrderBy(static instance => instance.Key, StringComparer.Ordinal).Select(static instance => new DeviceInstanceBody(instance.Key, instance.Value, ""))],
        (group.Attributes ?? new Dictionary<string, string>()).ToDictionary(static pair => pair.Key, static pair => new AttributeBody(pair.Value, "")));
}

internal sealed record DeviceInstanceBody(string ID, bool Healthy, string HealthDescription);

internal sealed record AttributeBody(string String, string Unit);

/// <summary>Nomad's NodeReservedResources: what is never given to allocations. Agents report what is left, so only ports are here.</summary>
internal sealed record NodeReservedBody(ReservedCpuBody Cpu, MemoryBody Memory, DiskBody Disk, ReservedPortsBody Networks)
{
    public static NodeReservedBody? Of(NodeFingerprint? fingerprint)
    {
        if (fingerprint is null)
        {
            return null;
        }

        var ports = (fingerprint.Networks ?? []).SelectMany(static network => network.ReservedPorts ?? []).Distinct().Order();
        var text = string.Join(',', ports.Select(static port => port.ToString(CultureInfo.InvariantCulture)));
        return new NodeReservedBody(new ReservedCpuBody(0), new MemoryBody(0), new DiskBody(0), new ReservedPortsBody(text));
    }
}

internal sealed record ReservedCpuBody(int CpuShares);

internal sealed record ReservedPortsBody(string ReservedHostPorts);
