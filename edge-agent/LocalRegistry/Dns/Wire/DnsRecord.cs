namespace Saas.LocalRegistry.Dns.Wire;

/// <summary>A record that is to be written. Its class is always the Internet's.</summary>
/// <param name="Ttl">Seconds.</param>
internal readonly record struct DnsRecord(DnsName Owner, DnsType Type, uint Ttl)
{
    /// <summary>The data of A, AAAA and TXT.</summary>
    public byte[] Data { get; init; } = [];

    /// <summary>Of CNAME, NS, PTR and SRV.</summary>
    public DnsName Target { get; init; }

    /// <summary>Of SRV; its priority is 1, as Consul's.</summary>
    public ushort Weight { get; init; }

    public ushort Port { get; init; }

    /// <summary>Of SOA.</summary>
    public uint Serial { get; init; }

    public static DnsRecord Address(DnsName owner, byte[] address, uint ttl) =>
        new(owner, address.Length == 4 ? DnsType.A : DnsType.Aaaa, ttl) { Data = address };

    public static DnsRecord Cname(DnsName owner, DnsName target, uint ttl) => new(owner, DnsType.Cname, ttl) { Target = target };
}
