using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Grants;

/// <summary>
/// The ports and devices of one node that are taken. A port may be taken twice for a while: by an allocation that was
/// told to stop, and by the one that follows it.
/// </summary>
internal sealed class NodeGrants
{
    public static NodeGrants None { get; } = new();

    private readonly Dictionary<(string Network, int Port), int> _ports = [];
    private readonly Dictionary<string, int> _dynamicPorts = [];
    private readonly Dictionary<(string Vendor, string Type, string Name, string Id), int> _devices = [];

    public bool IsTaken(string network, int port) => _ports.ContainsKey((network, port));

    /// <summary>Ports of the dynamic range that are taken.</summary>
    public int DynamicPortsOf(string network) => _dynamicPorts.GetValueOrDefault(network);

    public bool IsTaken(NodeDevices group, string id) => _devices.ContainsKey((group.Vendor, group.Type, group.Name, id));

    public void Add(Grant grant)
    {
        foreach (var port in grant.Ports)
        {
            if (Raise(_ports, (port.Network, port.Value)) && PortChoice.IsDynamic(port.Value))
            {
                Raise(_dynamicPorts, port.Network);
            }
        }

        foreach (var device in grant.Devices)
        {
            foreach (var id in device.Ids)
            {
                Raise(_devices, (device.Vendor, device.Type, device.Name, id));
            }
        }
    }

    /// <summary>True: nothing is left.</summary>
    public bool Remove(Grant grant)
    {
        foreach (var port in grant.Ports)
        {
            if (Lower(_ports, (port.Network, port.Value)) && PortChoice.IsDynamic(port.Value))
            {
                Lower(_dynamicPorts, port.Network);
            }
        }

        foreach (var device in grant.Devices)
        {
            foreach (var id in device.Ids)
            {
                Lower(_devices, (device.Vendor, device.Type, device.Name, id));
            }
        }

        return _ports.Count + _devices.Count == 0;
    }

    /// <summary>A copy without <paramref name="spared"/>; itself where there is nothing to spare.</summary>
    public NodeGrants Without(IEnumerable<Grant> spared)
    {
        NodeGrants? rest = null;
        foreach (var grant in spared)
        {
            rest ??= Copy();
            rest.Remove(grant);
        }

        return rest ?? this;
    }

    private NodeGrants Copy()
    {
        var copy = new NodeGrants();
        foreach (var (port, count) in _ports)
        {
            copy._ports.Add(port, count);
        }

        foreach (var (network, count) in _dynamicPorts)
        {
            copy._dynamicPorts.Add(network, count);
        }

        foreach (var (device, count) in _devices)
        {
            copy._devices.Add(device, count);
        }

        return copy;
    }

    /// <summary>True: it was not there before.</summary>
    private static bool Raise<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull
    {
        ref var count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _);
        return ++count == 1;
    }

    /// <summary>True: it is not there any more.</summary>
    private static bool Lower<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull
    {
        if (!counts.TryGetValue(key, out var count))
        {
            return false;
        }

        if (count > 1)
        {
            counts[key] = count - 1;
            return false;
        }

        return counts.Remove(key);
    }
}
