using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns;

/// <summary>What options may be; all faults are said at once.</summary>
internal static class DnsOptionsRules
{
    /// <exception cref="ArgumentException">Names every option that is not allowed.</exception>
    public static void Check(DnsOptions options)
    {
        var faults = Faults(options).ToList();
        if (faults.Count > 0)
        {
            throw new ArgumentException("DNS options: " + string.Join("; ", faults), nameof(options));
        }
    }

    private static IEnumerable<string> Faults(DnsOptions o)
    {
        if (o.Listen.Count == 0)
        {
            yield return "there is no address to listen on";
        }

        foreach (var domain in new[] { o.Domain, o.AltDomain })
        {
            if (domain is not null && DnsName.TryEncodeWhole(domain) is null or { Length: > 128 })
            {
                yield return $"the domain '{domain}' is not a DNS name of at most 126 characters";
            }
        }

        foreach (var (name, ttl) in Ttls(o))
        {
            if (ttl < TimeSpan.Zero || ttl.TotalSeconds > int.MaxValue || ttl.Ticks % TimeSpan.TicksPerSecond != 0)
            {
                yield return $"{name} is {ttl}, and not whole seconds from 0 to 2^31 - 1";
            }
        }

        foreach (var (name, value, from, to) in Numbers(o))
        {
            if (value < from || value > to)
            {
                yield return $"{name} is {value}, and not from {from} to {to}";
            }
        }

        foreach (var (name, value, from, to) in Durations(o))
        {
            if (value < from || value > to)
            {
                yield return $"{name} is {value}, and not from {from} to {to}";
            }
        }

        foreach (var recursor in o.Recursors.Where(r => o.Listen.Contains(r)))
        {
            yield return $"the recursor {recursor} is this server";
        }
    }

    private static IEnumerable<(string Name, TimeSpan Value)> Ttls(DnsOptions o) =>
    [
        (nameof(o.NodeTtl), o.NodeTtl),
        .. o.ServiceTtl.Select(s => ($"{nameof(o.ServiceTtl)} of {s.Key}", s.Value)),
        ("Soa.Refresh", o.Soa.Refresh), ("Soa.Retry", o.Soa.Retry), ("Soa.Expire", o.Soa.Expire), ("Soa.MinTtl", o.Soa.MinTtl),
    ];

    private static IEnumerable<(string Name, int Value, int From, int To)> Numbers(DnsOptions o) =>
    [
        (nameof(o.UdpAnswerLimit), o.UdpAnswerLimit, 1, int.MaxValue),
        (nameof(o.ARecordLimit), o.ARecordLimit, 0, int.MaxValue),
        (nameof(o.MaxUdpBytes), o.MaxUdpBytes, DnsHeader.PlainUdpBytes, 65467),
        (nameof(o.MaxTcpQuestionBytes), o.MaxTcpQuestionBytes, DnsHeader.PlainUdpBytes, ushort.MaxValue),
        (nameof(o.MaxTcpConnections), o.MaxTcpConnections, 1, 65536),
        (nameof(o.MaxWaiting), o.MaxWaiting, 1, 65536),
    ];

    private static IEnumerable<(string Name, TimeSpan Value, TimeSpan From, TimeSpan To)> Durations(DnsOptions o)
    {
        var (short10, minute) = (TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        return
        [
            (nameof(o.RecursorTimeout), o.RecursorTimeout, short10, minute),
            (nameof(o.LookupTimeout), o.LookupTimeout, short10, minute),
            (nameof(o.TcpIdleTimeout), o.TcpIdleTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
        ];
    }
}
