using Saas.LocalRegistry.Dns.Recursion;
using Saas.LocalRegistry.Dns.Wire;
using Saas.LocalRegistry.View;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary>
/// Which lookup a name of ours means. The kind is the last label that names one: what stands before it is looked up, and
/// what stands between it and the domain says where.
/// </summary>
internal sealed class LookupRouter
{
    private readonly ServiceLookup _services;
    private readonly QueryLookup _queries;
    private readonly NodeLookup _nodes;
    private readonly AddressLookup _addresses;

    public LookupRouter(DnsOptions options, ICatalogViews catalogs, Zones zones, RecursorChain recursors, TimeProvider time)
    {
        var datacenters = new Datacenters(options, catalogs, time);
        var aliases = new AliasResolution(zones, recursors, AnswerAsync);
        var views = new InstanceViews(options, catalogs, zones);
        var records = new ServiceRecords(options, aliases);
        Zone = new ZoneLookup(options, catalogs, datacenters, zones, time);
        Reverse = new ReverseLookup(datacenters, zones);
        _services = new ServiceLookup(options, datacenters, views, records);
        _queries = new QueryLookup(options, catalogs, views, records, time);
        _nodes = new NodeLookup(options, catalogs, datacenters, aliases);
        _addresses = new AddressLookup(options);
    }

    private enum Kind
    {
        None,
        Service,
        Node,
        Query,
        Address,

        /// <summary>Consul's mesh (<c>connect</c>, <c>virtual</c>, <c>ingress</c>), which has no names here.</summary>
        Mesh,
    }

    public ZoneLookup Zone { get; }

    public ReverseLookup Reverse { get; }

    /// <summary>Answers a question about a name in a domain of ours.</summary>
    public ValueTask<LookupOutcome> AnswerAsync(LookupContext context, CancellationToken ct)
    {
        var request = context.Request;
        switch (request.Type)
        {
            case DnsType.Soa or DnsType.Ns:
                return Zone.AnswerAsync(context, ct);
            case DnsType.Axfr or DnsType.Ixfr:
                return new(LookupOutcome.NotImplemented);
        }

        if (context.LabelCount == 0)
        {
            // The domain itself is there: to say that it is not would say so of all names in it (RFC 8020).
            return new(LookupOutcome.NoData);
        }

        var (kind, count, suffix) = Parse(context);
        return kind is Kind.None or Kind.Mesh || count == 0 || !Locality.TryParse(request, suffix, context.LabelCount, out var locality)
            ? new(LookupOutcome.NotFound)
            : kind switch
            {
                Kind.Service => _services.AnswerAsync(context, count, locality, ct),
                Kind.Query => _queries.AnswerAsync(context, count, locality, ct),
                Kind.Node => _nodes.AnswerAsync(context, count, locality, ct),
                _ => new(_addresses.Answer(context, count)),
            };
    }

    /// <returns>The kind, how many labels are before it, and the first behind it.</returns>
    private static (Kind Kind, int Count, int Suffix) Parse(LookupContext context)
    {
        for (var i = context.LabelCount - 1; i >= 0; i--)
        {
            var label = context.Request.Label(i);
            if (KindOf(label) is var kind and not Kind.None)
            {
                return (kind, i, i + 1);
            }

            if (context.Request.Type == DnsType.Srv && label[0] == '_')
            {
                // RFC 2782 knows no "service".
                return (Kind.Service, i + 1, i + 1);
            }
        }

        return (Kind.None, 0, 0);
    }

    private static Kind KindOf(ReadOnlySpan<byte> label) =>
        label.SequenceEqual("service"u8) ? Kind.Service
        : label.SequenceEqual("node"u8) ? Kind.Node
        : label.SequenceEqual("query"u8) ? Kind.Query
        : label.SequenceEqual("addr"u8) ? Kind.Address
        : label.SequenceEqual("connect"u8) || label.SequenceEqual("virtual"u8) || label.SequenceEqual("ingress"u8) ? Kind.Mesh
        : Kind.None;
}
