using System.Net;
using System.Net.Sockets;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary>What somebody is reached at: an address, or a host's name.</summary>
internal sealed class Reach
{
    /// <summary>4 or 16 bytes; null: it is a host's name. One array for one address within a service.</summary>
    public byte[]? Address { get; init; }

    /// <summary>With the root's label.</summary>
    public byte[]? Host { get; init; }

    /// <summary>The target of SRV records, before the domain, where there is an address. One array for one name within a service.</summary>
    public byte[] Name { get; init; } = [];

    /// <summary>Taken instead where <see cref="Host"/> is the very name that was asked for; null: nothing.</summary>
    public Reach? Otherwise { get; init; }
}

/// <summary>Which of the addresses that were registered is given to whom. As Consul's <c>translate_addr.go</c>.</summary>
/// <param name="Plain">The address as registered, or of the WAN; empty: none.</param>
internal readonly record struct AddressChoice(string Plain, string V4, string V6)
{
    public const string Wan = "wan";
    public const string LanV4 = "lan_ipv4";
    public const string LanV6 = "lan_ipv6";
    public const string WanV4 = "wan_ipv4";
    public const string WanV6 = "wan_ipv6";

    /// <param name="tagged">Finds a tagged address; null: none.</param>
    public static AddressChoice Of(string plain, Func<string, string?> tagged, bool isForeign)
    {
        var (v4, v6) = (tagged(LanV4) ?? "", tagged(LanV6) ?? "");
        return isForeign
            ? new AddressChoice(tagged(Wan) ?? plain, tagged(WanV4) ?? v4, tagged(WanV6) ?? v6)
            : new AddressChoice(plain, v4, v6);
    }

    /// <param name="family">A or AAAA; anything else takes what there is.</param>
    /// <returns>Empty: nothing of this family.</returns>
    public string For(DnsType family) => family switch
    {
        DnsType.A => V4.Length > 0 ? V4 : Fits(AddressFamily.InterNetwork) ? Plain : "",
        DnsType.Aaaa => V6.Length > 0 ? V6 : Fits(AddressFamily.InterNetworkV6) ? Plain : "",
        _ => V6.Length > 0 ? V6 : V4.Length > 0 ? V4 : Plain,
    };

    /// <summary>A host's name fits all.</summary>
    private bool Fits(AddressFamily family) => !TryParseIp(Plain, out var ip) || ip.AddressFamily == family;

    /// <summary>As Go's: four decimal numbers, or IPv6 without a zone. An IPv4 address in IPv6 form is the former.</summary>
    public static bool TryParseIp(string text, out IPAddress address)
    {
        var isIp = IPAddress.TryParse(text, out var parsed)
            && (parsed.AddressFamily == AddressFamily.InterNetworkV6 ? !text.Contains('%') && !text.Contains('[') : text.Count(c => c == '.') == 3);
        address = parsed is { IsIPv4MappedToIPv6: true } ? parsed.MapToIPv4() : parsed ?? IPAddress.None;
        return isIp;
    }
}
