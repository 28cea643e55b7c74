using System.Text;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary>Names that our records point to, before the domain.</summary>
internal static class RecordNames
{
    /// <summary><c>node1.node.dc1</c>. Null: the node's name or the datacenter's cannot be in a DNS name.</summary>
    public static byte[]? OfNode(string node, string datacenter, int maxBytes) => DnsName.TryEncode($"{node}.node.{datacenter}", maxBytes);

    /// <summary><c>web.service.dc1</c>. Null: as <see cref="OfNode"/>.</summary>
    public static byte[]? OfService(string service, string datacenter, int maxBytes) => DnsName.TryEncode($"{service}.service.{datacenter}", maxBytes);

    /// <summary><c>0a00000b.addr.dc1</c>: the address in hexadecimal digits.</summary>
    public static byte[]? OfAddress(byte[] address, string datacenter, int maxBytes) =>
        DnsName.TryEncode($"{Convert.ToHexStringLower(address)}.addr.{datacenter}", maxBytes);
}

/// <summary>A node's meta data as TXT. RFC 1464, RFC 1035 §3.3.14.</summary>
internal static class MetaTexts
{
    private const int MaxStringBytes = 255;

    /// <summary>Keys with this prefix are left out: the value alone is the text.</summary>
    private const string ValueOnlyPrefix = "rfc1035-";

    /// <returns>The data of one record for each pair; what no message could carry is left out.</returns>
    public static byte[][] Of(IReadOnlyDictionary<string, string>? meta) =>
        meta is null or { Count: 0 }
            ? []
            : [.. meta.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => Strings(Text(m.Key, m.Value))).Where(d => d.Length <= ushort.MaxValue)];

    private static string Text(string key, string value) =>
        key.StartsWith(ValueOnlyPrefix, StringComparison.OrdinalIgnoreCase)
            ? value
            : Quote(key) + "=" + value.Replace("`", "``", StringComparison.Ordinal);

    private static string Quote(string key)
    {
        var core = key.Trim(' ');
        var leading = core.Length == 0 ? key.Length : key.Length - key.TrimStart(' ').Length;
        var trailing = key.Length - leading - core.Length;
        var quoted = core.Replace("`", "``", StringComparison.Ordinal).Replace("=", "`=", StringComparison.Ordinal);
        return string.Concat(Enumerable.Repeat("` ", leading)) + quoted + string.Concat(Enumerable.Repeat("` ", trailing));
    }

    private static byte[] Strings(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var data = new List<byte>(bytes.Length + 1 + (bytes.Length / MaxStringBytes));
        var at = 0;
        do
        {
            var length = Math.Min(MaxStringBytes, bytes.Length - at);
            data.Add((byte)length);
            data.AddRange(bytes.AsSpan(at, length));
            at += length;
        }
        while (at < bytes.Length);
        return [.. data];
    }
}
