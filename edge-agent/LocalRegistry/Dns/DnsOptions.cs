using System.Net;

namespace Saas.LocalRegistry.Dns;

/// <summary>
/// How the agent answers DNS. Names and defaults are those of Consul's <c>dns_config</c> where it has the same; durations
/// that become TTLs are whole seconds from 0 to 2^31 - 1. What is not allowed is said by <see cref="DnsOptionsRules"/>.
/// </summary>
internal sealed record DnsOptions
{
    public const int DefaultPort = 8600;

    /// <summary>UDP and TCP are served on each. Port 0: any free one, for tests. Consul's <c>client_addr</c> and <c>ports.dns</c>.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [new(IPAddress.Loopback, DefaultPort)];

    public string Domain { get; init; } = "consul";

    /// <summary>Answered as <see cref="Domain"/>; null: none. <c>alt_domain</c>.</summary>
    public string? AltDomain { get; init; }

    /// <summary>TTL of nodes' records and of <c>.addr.</c>.</summary>
    public TimeSpan NodeTtl { get; init; }

    /// <summary>
    /// TTL of services' records by name; a key with <c>*</c> at its end is a prefix, the longest that fits decides, and
    /// a whole name goes before prefixes. A service that none fits has 0.
    /// </summary>
    public IReadOnlyDictionary<string, TimeSpan> ServiceTtl { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>Instances whose checks warn are left out, too; those that are critical always are.</summary>
    public bool OnlyPassing { get; init; }

    /// <summary>
    /// Answers that are not complete say so (TC), and clients come again by TCP. Without it, they get a random part, as
    /// from Consul, which is off by default there, too.
    /// </summary>
    public bool EnableTruncate { get; init; }

    /// <summary>Answers in a UDP message to a client without EDNS: from 1; above 8 is as 8.</summary>
    public int UdpAnswerLimit { get; init; } = 3;

    /// <summary>Instances in answers to A, AAAA and ANY, over UDP and TCP; 0: as many as fit.</summary>
    public int ARecordLimit { get; init; }

    /// <summary>A node's meta data is added to answers about its addresses as TXT. <c>enable_additional_node_meta_txt</c>.</summary>
    public bool NodeMetaTxt { get; init; } = true;

    /// <summary>Nodes and services of other datacenters are given with their <c>wan</c> addresses and ports, where they have them.</summary>
    public bool TranslateWanAddresses { get; init; }

    public SoaOptions Soa { get; init; } = new();

    /// <summary>Who is asked for names outside of the domain, one after the other; none: such questions are refused.</summary>
    public IReadOnlyList<IPEndPoint> Recursors { get; init; } = [];

    /// <summary>For each recursor, and for each of UDP and TCP: 10 ms to 1 min.</summary>
    public TimeSpan RecursorTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The longest UDP message sent, and taken: 512 to 65467. A client that offers more gets no more: over networks long
    /// datagrams are lost in pieces, and a forged question draws a long answer to somebody else.
    /// </summary>
    public int MaxUdpBytes { get; init; } = 4096;

    /// <summary>A question over TCP that is longer ends its connection: 512 to 65535.</summary>
    public int MaxTcpQuestionBytes { get; init; } = 4096;

    /// <summary>A TCP connection on which nothing came, or nothing was taken, for so long is closed: 100 ms to 10 min.</summary>
    public TimeSpan TcpIdleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>More are closed as soon as they come: 1 to 65536.</summary>
    public int MaxTcpConnections { get; init; } = 256;

    /// <summary>Questions that wait for the registry or for recursors at a time; the next fail with SERVFAIL: 1 to 65536.</summary>
    public int MaxWaiting { get; init; } = 1024;

    /// <summary>What another datacenter's catalog or a prepared query may take: 10 ms to 1 min.</summary>
    public TimeSpan LookupTimeout { get; init; } = TimeSpan.FromSeconds(4);

    internal static uint Seconds(TimeSpan ttl) => (uint)ttl.TotalSeconds;
}

/// <summary>The domain's SOA record, and with it for how long others remember that there is no such name.</summary>
internal sealed record SoaOptions
{
    public TimeSpan Refresh { get; init; } = TimeSpan.FromSeconds(3600);
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(600);
    public TimeSpan Expire { get; init; } = TimeSpan.FromSeconds(86400);

    /// <summary>TTL of negative answers; 0, Consul's: they are not cached.</summary>
    public TimeSpan MinTtl { get; init; }
}
