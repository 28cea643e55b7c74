namespace Saas.LocalRegistry.Dns.Wire;

/// <summary>Types of records that are told apart here; any other number may come and has no answer. RFC 1035 §3.2.2 and later.</summary>
internal enum DnsType : ushort
{
    A = 1,
    Ns = 2,
    Cname = 5,
    Soa = 6,
    Ptr = 12,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Opt = 41,
    Ixfr = 251,
    Axfr = 252,
    Any = 255,
}

/// <summary>RFC 1035 §3.2.4.</summary>
internal enum DnsClass : ushort
{
    Internet = 1,
    Any = 255,
}

/// <summary>RFC 1035 §4.1.1; the last needs EDNS, which carries its upper bits (RFC 6891 §6.1.3).</summary>
internal enum Rcode
{
    NoError = 0,
    FormErr = 1,
    ServFail = 2,
    NxDomain = 3,
    NotImp = 4,
    Refused = 5,
    BadVers = 16,
}

/// <summary>The header's second word (RFC 1035 §4.1.1), and sizes.</summary>
internal static class DnsHeader
{
    public const int Bytes = 12;

    public const ushort Response = 0x8000;
    public const ushort Authoritative = 0x0400;
    public const ushort Truncated = 0x0200;
    public const ushort RecursionDesired = 0x0100;
    public const ushort RecursionAvailable = 0x0080;
    public const ushort CheckingDisabled = 0x0010;

    /// <summary>What UDP carries without EDNS.</summary>
    public const int PlainUdpBytes = 512;

    public static int Opcode(ushort flags) => (flags >> 11) & 0xF;
}
