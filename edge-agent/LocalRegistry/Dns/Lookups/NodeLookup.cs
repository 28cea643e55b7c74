using Saas.Discovery.Model;
using Saas.LocalRegistry.Dns.Wire;
using Saas.LocalRegistry.View;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary><c>node1.node[.dc1].consul</c>: its addresses, or the host's name it was registered with, and its meta data as TXT.</summary>
internal sealed class NodeLookup(DnsOptions options, ICatalogViews catalogs, Datacenters datacenters, AliasResolution aliases)
{
    private readonly uint _ttl = DnsOptions.Seconds(options.NodeTtl);

    /// <param name="count">Labels before the kind: a node's name may have dots.</param>
    public async ValueTask<LookupOutcome> AnswerAsync(LookupContext context, int count, Locality locality, CancellationToken ct)
    {
        var (catalog, failure) = await datacenters.FindAsync(context, locality, ct);
        if (catalog is null)
        {
            return failure;
        }

        if (catalog.Catalog.FindNode(context.Request.Text(0, count)) is not { Node: var node })
        {
            return LookupOutcome.NotFound;
        }

        var type = context.Request.Type;
        if (type != DnsType.Txt)
        {
            await AddAddressAsync(context, node, catalog, ct);
        }

        AddMeta(context, node);
        return context.Reply.Answers.Count > 0 ? LookupOutcome.Found : LookupOutcome.NoData;
    }

    private async ValueTask AddAddressAsync(LookupContext context, Node node, CatalogView catalog, CancellationToken ct)
    {
        var type = context.Request.Type;
        var isForeign = options.TranslateWanAddresses && !string.Equals(catalog.Datacenter, catalogs.LocalDatacenter, StringComparison.OrdinalIgnoreCase);
        var address = AddressChoice.Of(node.Address, tag => node.TaggedAddresses?.GetValueOrDefault(tag), isForeign).For(type);
        if (AddressChoice.TryParseIp(address, out var ip))
        {
            if (type is DnsType.A or DnsType.Aaaa or DnsType.Any)
            {
                context.Reply.Answers.Add(DnsRecord.Address(default, ip.GetAddressBytes(), _ttl));
            }
        }
        else if (DnsName.TryEncodeWhole(address) is { } host)
        {
            context.Reply.Answers.Add(DnsRecord.Cname(default, new DnsName(host, null), _ttl));
            await aliases.ResolveAsync(context, host, _ttl, context.Reply.Answers, ct);
        }
    }

    private void AddMeta(LookupContext context, Node node)
    {
        var isAsked = context.Request.Type is DnsType.Txt or DnsType.Any;
        if (!isAsked && !(options.NodeMetaTxt && context.Request.Type is DnsType.A or DnsType.Aaaa))
        {
            return;
        }

        foreach (var text in MetaTexts.Of(node.Meta))
        {
            (isAsked ? context.Reply.Answers : context.Reply.Notes).Add(new DnsRecord(default, DnsType.Txt, _ttl) { Data = text });
        }
    }
}
