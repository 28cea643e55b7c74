using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary>
/// <c>[tag.]web.service[.dc1].consul</c>, and as RFC 2782 has it <c>_web._tcp.service.consul</c> or <c>_web._tag.service.consul</c>.
/// </summary>
internal sealed class ServiceLookup(DnsOptions options, Datacenters datacenters, InstanceViews views, ServiceRecords records)
{
    private readonly ServiceTtls _ttls = new(options);

    /// <param name="count">Labels before the kind.</param>
    public async ValueTask<LookupOutcome> AnswerAsync(LookupContext context, int count, Locality locality, CancellationToken ct)
    {
        var (catalog, failure) = await datacenters.FindAsync(context, locality, ct);
        if (catalog is null)
        {
            return failure;
        }

        var (service, tag) = Parse(context.Request, count);
        return views.OfService(catalog, service) is { } view
            ? await records.AddAsync(context, view, tag, _ttls.Of(service), shuffle: true, ct)
            : LookupOutcome.NotFound;
    }

    private static (string Service, string Tag) Parse(DnsRequest request, int count)
    {
        if (count == 2 && request.Label(0)[0] == '_' && request.Label(1)[0] == '_')
        {
            // The protocol is a tag, but for tcp: clients name that one whatever the service is.
            var protocol = request.Label(1)[1..];
            return (request.Text(0, 1)[1..], protocol.SequenceEqual("tcp"u8) ? "" : request.Text(1, 2)[1..]);
        }

        // A tag may have dots.
        return (request.Text(count - 1, count), count == 1 ? "" : request.Text(0, count - 1));
    }
}
