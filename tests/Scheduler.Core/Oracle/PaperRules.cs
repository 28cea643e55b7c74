using System.Globalization;
using System.Text.RegularExpressions;
using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Tests.Oracle;

/// <summary>What Nomad's documentation says of constraints, read aloud; only for values such as the random world makes.</summary>
internal static class PaperRules
{
    public static bool Holds(NodeConstraint constraint, NodeSpec node) => constraint.Operand switch
    {
        "distinct_hosts" => true,
        "distinct_property" => Value(constraint.Left, node) is not null,
        _ => Compare(constraint.Operand, Value(constraint.Left, node), Value(constraint.Right, node)),
    };

    public static bool Holds(NodeConstraint constraint, NodeDevices group) =>
        Compare(constraint.Operand, Amount(Value(constraint.Left, group)), Amount(Value(constraint.Right, group)));

    public static string? Value(string target, NodeSpec node) => target switch
    {
        "${node.unique.id}" => node.Id,
        "${node.unique.name}" => node.Name,
        "${node.datacenter}" => node.Datacenter,
        "${node.region}" => node.Region,
        "${node.pool}" => node.Pool,
        "${node.class}" => node.Class == "" ? null : node.Class,
        _ when target.StartsWith("${attr.", StringComparison.Ordinal) => node.Attributes.GetValueOrDefault(target[7..^1]),
        _ when target.StartsWith("${meta.", StringComparison.Ordinal) => node.Meta.GetValueOrDefault(target[7..^1]),
        _ => target,
    };

    public static bool NameFits(string name, NodeDevices group) =>
        name == group.Type || name == $"{group.Vendor}/{group.Type}" || name == $"{group.Vendor}/{group.Type}/{group.Name}";

    public static bool DatacenterFits(string pattern, string datacenter) =>
        Regex.IsMatch(datacenter, $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static string? Value(string target, NodeDevices group) => target switch
    {
        "${device.vendor}" => group.Vendor,
        "${device.type}" => group.Type,
        "${device.model}" => group.Name,
        _ when target.StartsWith("${device.attr.", StringComparison.Ordinal) => group.Attributes.GetValueOrDefault(target[14..^1]),
        _ => target,
    };

    private static string? Amount(string? text) =>
        text is null ? null
        : text.EndsWith(" GiB", StringComparison.Ordinal) ? (decimal.Parse(text[..^4], CultureInfo.InvariantCulture) * 1024 * 1024 * 1024).ToString(CultureInfo.InvariantCulture)
        : text.EndsWith(" MiB", StringComparison.Ordinal) ? (decimal.Parse(text[..^4], CultureInfo.InvariantCulture) * 1024 * 1024).ToString(CultureInfo.InvariantCulture)
        : text;

    private static bool Compare(string operand, string? left, string? right) => operand switch
    {
        "=" or "==" or "is" => left is not null && left == right,
        "!=" or "not" => left != right,
        "is_set" => left is not null,
        "is_not_set" => left is null,
        _ when left is null || right is null => false,
        "<" => Order(left, right) < 0,
        "<=" => Order(left, right) <= 0,
        ">" => Order(left, right) > 0,
        ">=" => Order(left, right) >= 0,
        "regexp" => Regex.IsMatch(left, right, RegexOptions.None, TimeSpan.FromSeconds(1)),
        "version" or "semver" => right.Split(',').All(bound => InBound(Version.Parse(left), bound.Trim())),
        "set_contains" or "set_contains_all" => Items(right).All(Items(left).Contains),
        "set_contains_any" => Items(right).Any(Items(left).Contains),
        _ => false,
    };

    private static int Order(string left, string right) =>
        decimal.TryParse(left, NumberStyles.Float, CultureInfo.InvariantCulture, out var leftNumber)
        && decimal.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out var rightNumber)
            ? leftNumber.CompareTo(rightNumber)
            : string.CompareOrdinal(left, right);

    private static bool InBound(Version version, string bound)
    {
        var parts = bound.Split(' ');
        var limit = Version.Parse(parts[1]);
        return parts[0] switch
        {
            ">=" => version >= limit,
            "<" => version < limit,
            "~>" => version >= limit && version.Major == limit.Major && version.Minor == limit.Minor,
            _ => throw new ArgumentException(bound, nameof(bound)),
        };
    }

    private static string[] Items(string list) => list.Split(',', StringSplitOptions.TrimEntries);
}
