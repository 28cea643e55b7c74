using System.Text;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Feasibility;

/// <summary>
/// Numbers the kinds of nodes a cell has. Thousands of nodes are mostly a handful of kinds, so a constraint is
/// evaluated once for a kind and looked up for a node. What begins with <c>unique.</c> is left out of the kind;
/// constraints on it are evaluated per node.
/// </summary>
internal sealed class ComputedClasses
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<NodeSpec> _representatives = [];

    /// <summary>One node of each class, by number.</summary>
    public IReadOnlyList<NodeSpec> All => _representatives;

    public int Of(NodeSpec node)
    {
        if (!_numbers.TryGetValue(node.ClassKey, out var number))
        {
            number = _representatives.Count;
            _numbers.Add(node.ClassKey, number);
            _representatives.Add(node);
        }

        return number;
    }

    public static string KeyOf(NodeSpec node)
    {
        var key = new StringBuilder();
        Append(key, node.Datacenter);
        Append(key, node.Region);
        Append(key, node.Class);
        Append(key, node.Pool);
        AppendAll(key, node.Attributes, unique: false);
        AppendAll(key, node.Meta, unique: false);
        foreach (var (volume, readOnly) in node.Volumes.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            Append(key, volume);
            key.Append(readOnly ? 'r' : 'w');
        }

        key.Append('|');
        foreach (var (driver, healthy) in node.Drivers.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            Append(key, driver);
            key.Append(healthy ? '+' : '-');
        }

        return key.ToString();
    }

    /// <summary>What is left out of <see cref="KeyOf"/>, and still decides what may be placed on the node.</summary>
    public static string UniqueKeyOf(NodeSpec node)
    {
        var key = new StringBuilder();
        AppendAll(key, node.Attributes, unique: true);
        AppendAll(key, node.Meta, unique: true);
        foreach (var network in node.Networks)
        {
            Append(key, network.Name);
            key.AppendJoin(',', network.ReservedPorts).Append('|');
        }

        foreach (var devices in node.Devices)
        {
            Append(key, $"{devices.Vendor}/{devices.Type}/{devices.Name}");
            AppendAll(key, devices.Attributes, unique: false);
            key.AppendJoin(',', devices.Ids).Append('|');
        }

        return key.ToString();
    }

    private static void AppendAll(StringBuilder key, IReadOnlyDictionary<string, string> pairs, bool unique)
    {
        foreach (var (name, value) in pairs.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (Target.IsUnique(name) == unique)
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
