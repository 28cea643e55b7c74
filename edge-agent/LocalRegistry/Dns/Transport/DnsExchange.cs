using System.Net;
using System.Net.Sockets;
using Saas.LocalRegistry.Dns.Lookups;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Transport;

/// <summary>All that one question and its answer need. Reused, so that answering allocates next to nothing; not for concurrent use.</summary>
/// <param name="input">As long as a question may be, and one byte: what fills it was longer.</param>
internal sealed class DnsExchange(Random random, byte[] input, bool isTcp)
{
    public LookupContext Context { get; } = new(random);
    public NameCompression Names { get; } = new();
    public byte[] Input { get; } = input;

    /// <summary>As long as an answer may be.</summary>
    public Memory<byte> Output { get; set; }

    public bool IsTcp { get; } = isTcp;

    /// <summary>Of UDP: who asked.</summary>
    public SocketAddress Peer { get; } = new(AddressFamily.InterNetworkV6);
}
