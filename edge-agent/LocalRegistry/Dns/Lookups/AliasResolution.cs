using Saas.LocalRegistry.Dns.Recursion;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary>
/// What a host's name leads to, where a node or a service was registered with one: looked up here if it is in a domain of
/// ours, asked of the recursors otherwise, and left to the client if there are none.
/// </summary>
/// <param name="lookUp">Answers a question about a name of ours.</param>
internal sealed class AliasResolution(
    Zones zones, RecursorChain recursors, Func<LookupContext, CancellationToken, ValueTask<LookupOutcome>> lookUp)
{
    /// <summary>Names that lead to names of ours that lead to names …; Consul's.</summary>
    public const int MaxDepth = 3;

    /// <summary>Records taken for a client without EDNS (Consul's), and with.</summary>
    private const int MaxPlainRecords = 5;
    private const int MaxRecords = 32;

    /// <param name="host">With the root's label.</param>
    /// <param name="ttl">Of the records, whatever the other server says: seconds.</param>
    public async ValueTask ResolveAsync(LookupContext context, byte[] host, uint ttl, List<DnsRecord> into, CancellationToken ct)
    {
        if (context.Request.Type is not (DnsType.A or DnsType.Aaaa or DnsType.Any or DnsType.Srv))
        {
            return;
        }

        var type = context.Request.Type == DnsType.Aaaa ? DnsType.Aaaa : DnsType.A;
        var found = new List<DnsRecord>();
        var inner = new LookupContext(context.Random);
        inner.Request.SetName(host);
        if (zones.TryEnter(inner))
        {
            if (context.AliasesLeft > 0)
            {
                inner.Request.Type = context.Request.Type is DnsType.A or DnsType.Aaaa ? type : DnsType.Any;
                inner.Begin(context.CanWait);
                (inner.AliasesLeft, inner.MaxUseful) = (context.AliasesLeft - 1, MaxRecords);
                await lookUp(inner, ct);
                found.AddRange(inner.Reply.Answers);
            }
        }
        else if (context.CanWait && recursors.Count > 0)
        {
            await recursors.AskAsync(host, type, found, ct);
        }

        var owner = new DnsName(host, null);
        into.AddRange(found
            .Where(r => r.Type is DnsType.A or DnsType.Aaaa or DnsType.Cname)
            .Take(context.Request.HasEdns ? MaxRecords : MaxPlainRecords)
            .Select(r => r with { Owner = r.Owner.IsQuestion ? owner : r.Owner, Ttl = ttl }));
    }
}
