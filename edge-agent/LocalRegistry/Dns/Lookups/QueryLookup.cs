using Saas.Discovery.Sync;
using Saas.LocalRegistry.Dns.Wire;
using Saas.LocalRegistry.View;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary><c>name.query[.dc1].consul</c>, and <c>_name._tcp.query.consul</c>: a prepared query, its instances in its order.</summary>
internal sealed class QueryLookup(DnsOptions options, ICatalogViews catalogs, InstanceViews views, ServiceRecords records, TimeProvider time)
{
    private readonly ServiceTtls _ttls = new(options);

    /// <param name="count">Labels before the kind.</param>
    public async ValueTask<LookupOutcome> AnswerAsync(LookupContext context, int count, Locality locality, CancellationToken ct)
    {
        if (!context.CanWait)
        {
            return LookupOutcome.Failed;
        }

        var executing = catalogs.ExecuteAsync(Name(context.Request, count), locality.Datacenter, ct);
        QueryAnswer? answer;
        try
        {
            answer = executing.IsCompletedSuccessfully ? await executing : await executing.AsTask().WaitAsync(options.LookupTimeout, time, ct);
        }
        catch (TimeoutException)
        {
            return LookupOutcome.Failed;
        }

        if (answer is null || answer.Instances.Count == 0)
        {
            return LookupOutcome.NotFound;
        }

        var ttl = answer.TtlSeconds is { } own ? (uint)Math.Max(0, own) : _ttls.Of(answer.Instances[0].Service.Name);
        return await records.AddAsync(context, views.OfQuery(answer), "", ttl, shuffle: false, ct);
    }

    /// <summary>A query's name may have dots; of the RFC 2782 form the protocol means nothing.</summary>
    private static string Name(DnsRequest request, int count) =>
        count >= 2 && request.Label(0)[0] == '_' && request.Label(count - 1)[0] == '_'
            ? request.Text(0, count - 1)[1..]
            : request.Text(0, count);
}
