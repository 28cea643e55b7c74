using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Saas.Discovery.Catalog;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary><c>11.0.0.10.in-addr.arpa</c> and <c>….ip6.arpa</c>: the node with the address, or else the service.</summary>
internal sealed class ReverseLookup(Datacenters datacenters, Zones zones)
{
    private readonly ConditionalWeakTable<CatalogState, Dictionary<IPAddress, byte[]>> _indexes = [];

    /// <param name="context">The question's domain is <c>arpa</c>.</param>
    public async ValueTask<LookupOutcome> AnswerAsync(LookupContext context, CancellationToken ct)
    {
        if (!TryParse(context.Request, context.LabelCount, out var address))
        {
            return LookupOutcome.NotFound;
        }

        var (catalog, failure) = await datacenters.FindAsync(context, default, ct);
        if (catalog is null)
        {
            return failure;
        }

        var index = _indexes.TryGetValue(catalog.Catalog, out var known)
            ? known
            : _indexes.GetValue(catalog.Catalog, state => Index(state, catalog.Datacenter));
        if (!index.TryGetValue(address, out var name))
        {
            return LookupOutcome.NotFound;
        }

        if (context.Request.Type is not (DnsType.Ptr or DnsType.Any))
        {
            return LookupOutcome.NoData;
        }

        context.Reply.Answers.Add(new DnsRecord(default, DnsType.Ptr, 0) { Target = new DnsName(name, zones.Domain) });
        return LookupOutcome.Found;
    }

    private Dictionary<IPAddress, byte[]> Index(CatalogState catalog, string datacenter)
    {
        var index = new Dictionary<IPAddress, byte[]>();
        foreach (var node in catalog.Nodes)
        {
            if (AddressChoice.TryParseIp(node.Node.Address, out var address)
                && RecordNames.OfNode(node.Node.Name, datacenter, zones.MaxLabelsBytes) is { } name)
            {
                index.TryAdd(address, name);
            }
        }

        foreach (var service in catalog.Nodes.SelectMany(n => n.Services.Values))
        {
            if (AddressChoice.TryParseIp(service.Address, out var address)
                && RecordNames.OfService(service.Name, datacenter, zones.MaxLabelsBytes) is { } name)
            {
                index.TryAdd(address, name);
            }
        }

        return index;
    }

    private static bool TryParse(DnsRequest request, int labels, out IPAddress address)
    {
        address = IPAddress.None;
        return labels switch
        {
            5 when request.Label(4).SequenceEqual("in-addr"u8) => TryParseV4(request, out address),
            33 when request.Label(32).SequenceEqual("ip6"u8) => TryParseV6(request, out address),
            _ => false,
        };
    }

    private static bool TryParseV4(DnsRequest request, out IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address = IPAddress.None;
        for (var i = 0; i < 4; i++)
        {
            if (!byte.TryParse(request.Label(3 - i), NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]))
            {
                return false;
            }
        }

        address = new IPAddress(bytes);
        return true;
    }

    private static bool TryParseV6(DnsRequest request, out IPAddress address)
    {
        Span<byte> digits = stackalloc byte[32];
        Span<byte> bytes = stackalloc byte[16];
        address = IPAddress.None;
        for (var i = 0; i < 32; i++)
        {
            var label = request.Label(31 - i);
            if (label.Length != 1)
            {
                return false;
            }

            digits[i] = label[0];
        }

        if (Convert.FromHexString(digits, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        address = new IPAddress(bytes);
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return true;
    }
}
