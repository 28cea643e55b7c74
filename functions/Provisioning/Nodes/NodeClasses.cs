using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Saas.Cluster;

namespace Saas.Provisioning.Nodes;

/// <summary>
/// The kind of a node as a text in Nomad's form, <c>v1:</c> and a number: of where it is, its class, pool, attributes, meta data,
/// drivers and volumes, without what is <c>unique.</c> to it. The scheduler tells kinds apart by the same (ComputedClasses).
/// </summary>
internal static class NodeClasses
{
    private const string Unique = "unique.";

    public static string Of(NodeRecord node)
    {
        var key = new StringBuilder();
        foreach (var text in (string[])[node.Datacenter, node.Region, NodeFacts.ClassOf(node), NodeFacts.PoolOf(node)])
        {
            Append(key, text);
        }

        AppendAll(key, node.Fingerprint?.Attributes ?? new Dictionary<string, string>());
        AppendAll(key, NodeFacts.MetaOf(node));
        AppendAll(key, NodeFacts.DriversOf(node).ToDictionary(static driver => driver.Key, static driver => driver.Value.Healthy ? "+" : "-"));
        AppendAll(key, NodeFacts.VolumesOf(node).ToDictionary(static volume => volume.Key, static volume => volume.Value.ReadOnly ? "r" : "w"));
        var hash = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString())));
        return "v1:" + hash.ToString(CultureInfo.InvariantCulture);
    }

    private static void AppendAll(StringBuilder key, IReadOnlyDictionary<string, string> pairs)
    {
        foreach (var (name, value) in pairs.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(Unique, StringComparison.Ordinal) && !name.Contains("." + Unique, StringComparison.Ordinal))
            {
                Append(key, name);
                Append(key, value);
            }
        }

        key.Append('|');
    }

    /// <summary>With its length, so that no two sequences of texts make one key.</summary>
    private static void Append(StringBuilder key, string text) => key.Append(text.Length).Append(':').Append(text);
}
