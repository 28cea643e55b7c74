using System.Collections.Frozen;
using Saas.Discovery.Model;

namespace Saas.Discovery.Queries;

/// <summary>Pairs that a node's metadata must have: <c>node-meta=key:value</c>.</summary>
public static class NodeMeta
{
    public static readonly IReadOnlyDictionary<string, string> None = FrozenDictionary<string, string>.Empty;

    /// <summary>A key that comes twice has its last value; without a colon the value is empty.</summary>
    public static IReadOnlyDictionary<string, string> Parse(IEnumerable<string> pairs)
    {
        var wanted = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            wanted[colon < 0 ? pair : pair[..colon]] = colon < 0 ? "" : pair[(colon + 1)..];
        }

        return wanted.Count == 0 ? None : wanted;
    }

    /// <summary>Whether the node has all of them, to the letter.</summary>
    public static bool Holds(IReadOnlyDictionary<string, string> wanted, Node node)
    {
        foreach (var (key, value) in wanted)
        {
            if (node.Meta is not { } meta || !meta.TryGetValue(key, out var found) || found != value)
            {
                return false;
            }
        }

        return true;
    }
}
