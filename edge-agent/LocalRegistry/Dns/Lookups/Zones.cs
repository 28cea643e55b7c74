using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary>The domains that are ours. Names are in lower case, with the root's label.</summary>
internal sealed class Zones
{
    public static readonly byte[] Arpa = [4, .. "arpa"u8, 0];

    private readonly byte[][] _longestFirst;

    public Zones(DnsOptions options)
    {
        Domain = DnsName.TryEncodeWhole(options.Domain.ToLowerInvariant())!;
        byte[][] all = options.AltDomain is null ? [Domain] : [Domain, DnsName.TryEncodeWhole(options.AltDomain.ToLowerInvariant())!];
        _longestFirst = [.. all.OrderByDescending(z => z.Length)];
    }

    /// <summary>The primary one.</summary>
    public byte[] Domain { get; }

    /// <summary>What a name of ours may have before its domain, in bytes.</summary>
    public int MaxLabelsBytes => DnsName.MaxBytes - _longestFirst[0].Length;

    /// <summary>Says in the context which domain the question is about.</summary>
    /// <returns>False: none of ours.</returns>
    public bool TryEnter(LookupContext context)
    {
        foreach (var zone in _longestFirst)
        {
            if (context.Request.LabelsBefore(zone) is >= 0 and var labels)
            {
                (context.Domain, context.LabelCount) = (zone, labels);
                return true;
            }
        }

        return false;
    }
}
