using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Node;

/// <summary>A network of the machine that ports are taken from: Nomad's <c>host_network</c>, its address given or found at an interface.</summary>
internal sealed record HostNetworkConfig
{
    /// <summary>What a port is on that names no network.</summary>
    public const string DefaultName = "default";

    /// <summary>One less than the platform takes: <c>default</c> may join them.</summary>
    private const int MaxNetworks = 15;

    private const int MaxNameLength = 64;
    private const int MaxReservedPorts = 1024;

    /// <summary><c>default</c>, or what jobs say in <c>host_network</c>.</summary>
    public string? Name { get; init; }

    /// <summary>The machine's address there. Either this or <see cref="Interface"/>; of <c>default</c> neither need be.</summary>
    public string? Ip { get; init; }

    /// <summary>Its first IPv4 address at the start of the agent is taken, else its first IPv6 address that is not link-local.</summary>
    public string? Interface { get; init; }

    /// <summary>Ports and ranges that no allocation is given, as in Nomad: <c>22,80,8500-8600</c>. At most 1,024 ports.</summary>
    public string? ReservedPorts { get; init; }

    /// <exception cref="CommandLineException">One cannot be followed.</exception>
    public static void Validate(IReadOnlyList<HostNetworkConfig> networks)
    {
        NodeConfig.Require(networks.Count <= MaxNetworks, "hostNetworks", $"takes at most {MaxNetworks}", networks.Count);
        for (var i = 0; i < networks.Count; i++)
        {
            NodeConfig.Require(networks[i] is not null, $"hostNetworks[{i}]", "takes an object", null);
            _ = networks[i].ToNetwork($"hostNetworks[{i}]", null);
        }

        NodeConfig.Require(
            networks.DistinctBy(network => network.Name).Count() == networks.Count, "hostNetworks", "takes one network of a name",
            networks.GroupBy(network => network.Name).FirstOrDefault(same => same.Count() > 1)?.Key);
    }

    /// <param name="place">Within <c>node</c>.</param>
    /// <param name="primary">The machine's address, for a <c>default</c> without one of its own; null only where nobody looks at it.</param>
    /// <exception cref="CommandLineException">It cannot be followed on this machine.</exception>
    public HostNetwork ToNetwork(string place, string? primary)
    {
        NodeConfig.Require(NodeConfig.IsName(Name) && Name!.Length <= MaxNameLength, $"{place}.name", $"takes 1 to {MaxNameLength} letters, digits, '-', '_' and '.'", Name);
        NodeConfig.Require(Ip is null || Interface is null, place, "takes ip or interface", "both");
        NodeConfig.Require(Name == DefaultName || Ip is not null || Interface is not null, place, "takes ip or interface", "neither");
        IPAddress? address = null;
        NodeConfig.Require(
            Ip is null || (IPAddress.TryParse(Ip, out address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)),
            $"{place}.ip", "takes an IP address of this machine", Ip);
        var ip = address?.ToString() ?? (Interface is null ? primary : AddressOf(Interface, place));
        return new HostNetwork(Name!, ip ?? "", Ports(place));
    }

    private static string AddressOf(string name, string place)
    {
        var card = Array.Find(NetworkInterface.GetAllNetworkInterfaces(), candidate => candidate.Name == name);
        NodeConfig.Require(card is not null, $"{place}.interface", "takes a network interface of this machine", name);
        var addresses = card!.GetIPProperties().UnicastAddresses.Select(unicast => unicast.Address).ToList();
        var address = addresses.Find(a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses.Find(a => !a.IsIPv6LinkLocal);
        NodeConfig.Require(address is not null, $"{place}.interface", "takes an interface that has an address", name);
        return address!.ToString();
    }

    /// <summary>Never null: the platform reads strictly, and a member that is left out is missing.</summary>
    private List<int> Ports(string place)
    {
        if (string.IsNullOrWhiteSpace(ReservedPorts))
        {
            return [];
        }

        var ports = new SortedSet<int>();
        foreach (var part in ReservedPorts.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-', 2, StringSplitOptions.TrimEntries);
            var isRange = TryPort(ends[0], out var from) & TryPort(ends[^1], out var to) && from <= to;
            NodeConfig.Require(isRange, $"{place}.reservedPorts", "takes ports and ranges such as 22,80,8500-8600", part);
            NodeConfig.Require(ports.Count + (to - from) < MaxReservedPorts, $"{place}.reservedPorts", $"takes at most {MaxReservedPorts} ports", ReservedPorts);
            ports.UnionWith(Enumerable.Range(from, to - from + 1));
        }

        return [.. ports];
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;
}
