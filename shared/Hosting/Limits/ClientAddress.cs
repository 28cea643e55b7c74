using System.Buffers.Binary;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Saas.Hosting.Limits;

/// <summary>Finds the address a request comes from. X-Forwarded-For counts only as far as trusted proxies wrote it.</summary>
internal sealed class ClientAddress(IReadOnlyList<IPNetwork> trustedProxies)
{
    public IPAddress Of(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress ?? IPAddress.IPv6None;
        if (trustedProxies.Count == 0 || !IsTrusted(address))
        {
            return address;
        }

        // Each proxy appends whom it heard: from the right, the first that is no proxy of ours is the client. What is
        // further left, the client may have written itself.
        return LastUntrusted(http.Request.Headers["X-Forwarded-For"]) ?? address;
    }

    /// <summary>What counts as one client: an IPv4 address, or an IPv6 network of 64 bits, which one subscriber has.</summary>
    public static UInt128 Key(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (length == 4)
        {
            return new UInt128(0, 0xFFFF_0000_0000UL | BinaryPrimitives.ReadUInt32BigEndian(bytes));
        }

        var bits = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return address.IsIPv4MappedToIPv6 ? bits : bits >> 64 << 64;
    }

    private IPAddress? LastUntrusted(StringValues headers)
    {
        IPAddress? last = null;
        for (var h = headers.Count - 1; h >= 0; h--)
        {
            var hops = (headers[h] ?? "").Split(',', StringSplitOptions.TrimEntries);
            for (var i = hops.Length - 1; i >= 0; i--)
            {
                // Azure's front end writes the port too.
                if (!IPEndPoint.TryParse(hops[i], out var hop))
                {
                    return last;
                }

                last = hop.Address;
                if (!IsTrusted(last))
                {
                    return last;
                }
            }
        }

        return last;
    }

    private bool IsTrusted(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return trustedProxies.Any(proxy => proxy.Contains(plain));
    }
}
