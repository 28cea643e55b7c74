using Saas.Discovery.Catalog;
using Saas.Discovery.Model;
using Saas.LocalRegistry.Dns.Wire;
using Saas.LocalRegistry.View;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary>
/// SOA and NS of the domain, whatever name in it was asked. Name servers are up to three of the nodes that run a service
/// <c>consul</c>, as Consul's servers do; where there is none, this node: it answers, after all.
/// </summary>
internal sealed class ZoneLookup(DnsOptions options, ICatalogViews catalogs, Datacenters datacenters, Zones zones, TimeProvider time)
{
    private const string ServersService = "consul";
    private const int MaxServers = 3;

    public async ValueTask<LookupOutcome> AnswerAsync(LookupContext context, CancellationToken ct)
    {
        var isSoa = context.Request.Type == DnsType.Soa;
        if (isSoa)
        {
            context.Reply.Answers.Add(Soa(context.Domain));
        }

        var (catalog, failure) = await datacenters.FindAsync(context, default, ct);
        if (catalog is null)
        {
            return isSoa ? LookupOutcome.Found : failure;
        }

        var servers = isSoa ? context.Reply.Authority : context.Reply.Answers;
        foreach (var node in Servers(context, catalog.Catalog))
        {
            AddServer(context, node, catalog.Datacenter, servers);
        }

        return context.Reply.Answers.Count > 0 ? LookupOutcome.Found : LookupOutcome.NoData;
    }

    public DnsRecord Soa(byte[] domain) => new(new DnsName([], domain), DnsType.Soa, DnsOptions.Seconds(options.Soa.MinTtl))
    {
        Serial = (uint)time.GetUtcNow().ToUnixTimeSeconds(),
    };

    private List<Node> Servers(LookupContext context, CatalogState catalog)
    {
        var healthy = catalog.InstancesOf(ServersService)
            .Where(i => HealthStatus.Severity(i.Status()) < HealthStatus.Severity(HealthStatus.Critical))
            .Select(i => i.Node).DistinctBy(n => n.Name, StringComparer.OrdinalIgnoreCase).ToArray();
        if (healthy.Length == 0)
        {
            return catalog.FindNode(catalogs.NodeName) is { Node: var own } ? [own] : [];
        }

        context.Random.Shuffle(healthy);
        return [.. healthy.Take(MaxServers)];
    }

    private void AddServer(LookupContext context, Node node, string datacenter, List<DnsRecord> servers)
    {
        if (RecordNames.OfNode(node.Name.ToLowerInvariant(), datacenter.ToLowerInvariant(), zones.MaxLabelsBytes) is not { } labels)
        {
            return;
        }

        var ttl = DnsOptions.Seconds(options.NodeTtl);
        servers.Add(new DnsRecord(new DnsName([], context.Domain), DnsType.Ns, ttl) { Target = context.InDomain(labels) });
        var address = AddressChoice.Of(node.Address, tag => node.TaggedAddresses?.GetValueOrDefault(tag), isForeign: false).For(DnsType.Any);
        if (AddressChoice.TryParseIp(address, out var ip))
        {
            context.Reply.Additional.Add(DnsRecord.Address(context.InDomain(labels), ip.GetAddressBytes(), ttl));
        }
    }
}
