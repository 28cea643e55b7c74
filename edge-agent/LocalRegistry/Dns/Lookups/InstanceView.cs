using Saas.Discovery.Model;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary>An instance as DNS gives it.</summary>
internal sealed class DnsInstance
{
    /// <summary>For A; null: it has none.</summary>
    public Reach? V4 { get; init; }

    /// <summary>For AAAA.</summary>
    public Reach? V6 { get; init; }

    /// <summary>For SRV and ANY.</summary>
    public Reach? Any { get; init; }

    public ushort Port { get; init; }
    public ushort Weight { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>One object for all on the same node with the same address and port.</summary>
    public required object Place { get; init; }

    /// <summary>The node's name before the domain; null: it cannot be in one.</summary>
    public byte[]? NodeName { get; init; }

    /// <summary>The node's meta data; one array for one node.</summary>
    public byte[][] Meta { get; init; } = [];

    /// <param name="type">A question's: what is neither A nor AAAA takes <see cref="Any"/>.</param>
    public Reach? For(DnsType type) => type switch
    {
        DnsType.A => V4,
        DnsType.Aaaa => V6,
        _ => Any,
    };

    public bool HasTag(string tag)
    {
        foreach (var own in Tags)
        {
            if (string.Equals(own, tag, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>
/// A service's instances with everything that does not depend on the question worked out: addresses as bytes, targets as
/// labels. Made once for each list of instances, which the catalog keeps until something about the service changes.
/// </summary>
internal sealed class InstanceView
{
    private readonly Dictionary<string, byte[]> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]?> _targets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, object> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (byte[]? Name, byte[][] Meta)> _nodes = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _datacenter;
    private readonly bool _isForeign;
    private readonly int _maxNameBytes;

    private InstanceView(string datacenter, bool isForeign, int maxNameBytes) =>
        (_datacenter, _isForeign, _maxNameBytes) = (datacenter, isForeign, maxNameBytes);

    public IReadOnlyList<DnsInstance> Instances { get; private set; } = [];

    /// <param name="instances">Those that are given, healthy enough.</param>
    /// <param name="isForeign">WAN addresses are given.</param>
    /// <param name="maxNameBytes">What a name may have before the domain.</param>
    public static InstanceView Of(IEnumerable<CheckServiceNode> instances, string datacenter, bool isForeign, int maxNameBytes)
    {
        var view = new InstanceView(datacenter, isForeign, maxNameBytes);
        view.Instances = [.. instances.Select(view.Build)];
        return view;
    }

    private DnsInstance Build(CheckServiceNode found)
    {
        var (node, service) = (found.Node, found.Service);
        if (!_nodes.TryGetValue(node.Name, out var known))
        {
            _nodes[node.Name] = known = (RecordNames.OfNode(node.Name, _datacenter, _maxNameBytes), MetaTexts.Of(node.Meta));
        }

        var ofNode = AddressChoice.Of(node.Address, tag => node.TaggedAddresses?.GetValueOrDefault(tag), _isForeign);
        var ofService = AddressChoice.Of(service.Address, tag => service.TaggedAddresses?.GetValueOrDefault(tag)?.Address, _isForeign);
        var port = _isForeign && service.TaggedAddresses?.GetValueOrDefault(AddressChoice.Wan) is { Port: not 0 } wan ? wan.Port : service.Port;
        return new DnsInstance
        {
            V4 = Choose(ofService.For(DnsType.A), ofNode.For(DnsType.A), node, known.Name),
            V6 = Choose(ofService.For(DnsType.Aaaa), ofNode.For(DnsType.Aaaa), node, known.Name),
            Any = Choose(ofService.For(DnsType.Any), ofNode.For(DnsType.Any), node, known.Name),
            Port = (ushort)Math.Clamp(port, 0, ushort.MaxValue),
            Weight = (ushort)Math.Clamp(WeightOf(found), 0, ushort.MaxValue),
            Tags = service.Tags,
            Place = Place($"{node.Name}:{ofService.For(DnsType.Any)}:{port}"),
            NodeName = known.Name,
            Meta = known.Meta,
        };
    }

    private Reach? Choose(string serviceAddress, string nodeAddress, Node node, byte[]? nodeName)
    {
        if (serviceAddress.Length == 0)
        {
            // A node's name leads to the address it was registered with, and not to another.
            return At(nodeAddress, nodeAddress == node.Address ? nodeName : null, null);
        }

        return At(serviceAddress, null, AddressChoice.TryParseIp(nodeAddress, out _) ? At(nodeAddress, nodeName, null) : null);
    }

    private Reach? At(string address, byte[]? name, Reach? otherwise)
    {
        if (AddressChoice.TryParseIp(address, out var ip))
        {
            if (!_addresses.TryGetValue(address, out var bytes))
            {
                _addresses[address] = bytes = ip.GetAddressBytes();
            }

            return (name ?? NameOf(bytes, address)) is { } target ? new Reach { Address = bytes, Name = target } : null;
        }

        return DnsName.TryEncodeWhole(address) is { } host ? new Reach { Host = host, Otherwise = otherwise } : null;
    }

    private byte[]? NameOf(byte[] address, string text)
    {
        if (!_targets.TryGetValue(text, out var name))
        {
            _targets[text] = name = RecordNames.OfAddress(address, _datacenter, _maxNameBytes);
        }

        return name;
    }

    private object Place(string key)
    {
        if (!_places.TryGetValue(key, out var place))
        {
            _places[key] = place = key;
        }

        return place;
    }

    private static int WeightOf(CheckServiceNode found) => found.Status() switch
    {
        HealthStatus.Passing => found.Service.Weights.Passing,
        HealthStatus.Warning => found.Service.Weights.Warning,
        _ => 0,
    };
}
