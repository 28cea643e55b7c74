using System.Security.Cryptography;
using System.Text;

namespace Saas.LocalRegistry;

/// <summary>How an enrolled machine is named in the catalog.</summary>
internal static class NodeIdentityRules
{
    /// <summary>A DNS label's.</summary>
    public const int MaxNameLength = 63;

    /// <summary>The name as DNS can ask for it: letters, digits and dashes; <paramref name="nodeId"/>'s if nothing of it remains.</summary>
    public static string NameOf(string name, string nodeId)
    {
        var clean = Clean(name);
        return clean.Length > 0 ? clean : Clean(nodeId);
    }

    /// <summary>A UUID that is always the same for one node (as RFC 9562 version 8, from SHA-256).</summary>
    public static string UuidOf(string nodeId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes("consul-node:" + nodeId), hash);
        hash[6] = (byte)(hash[6] & 0x0f | 0x80);
        hash[8] = (byte)(hash[8] & 0x3f | 0x80);
        return new Guid(hash[..16], bigEndian: true).ToString();
    }

    private static string Clean(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) ? c : '-');
        }

        var clean = text.ToString().Trim('-');
        return clean.Length <= MaxNameLength ? clean : clean[..MaxNameLength].TrimEnd('-');
    }
}
