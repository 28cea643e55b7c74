using System.Collections.Frozen;
using System.Globalization;

namespace Saas.Scheduler.Core.Feasibility;

/// <summary>The operators by name.</summary>
internal static class Comparisons
{
    public const string DistinctHosts = "distinct_hosts";
    public const string DistinctProperty = "distinct_property";

    private static readonly FrozenDictionary<string, Comparison> Operators = new Dictionary<string, Comparison>
    {
        ["="] = Equal,
        ["=="] = Equal,
        ["is"] = Equal,
        ["!="] = NotEqual,
        ["not"] = NotEqual,
        [">"] = static (left, right) => Order(left, right) > 0,
        [">="] = static (left, right) => Order(left, right) >= 0,
        ["<"] = static (left, right) => Order(left, right) < 0,
        ["<="] = static (left, right) => Order(left, right) <= 0,
        ["regexp"] = RegexPatterns.Matches,
        ["version"] = static (left, right) => VersionRange.Contains(left, right, VersionDialect.Lenient),
        ["semver"] = static (left, right) => VersionRange.Contains(left, right, VersionDialect.Semantic),
        ["set_contains"] = ContainsAll,
        ["set_contains_all"] = ContainsAll,
        ["set_contains_any"] = ContainsAny,
        ["is_set"] = static (left, _) => left is not null,
        ["is_not_set"] = static (left, _) => left is null,
    }.ToFrozenDictionary();

    /// <summary>Null: there is no such operator.</summary>
    public static Comparison? Of(string operand) => Operators.GetValueOrDefault(operand);

    private static bool Equal(string? left, string? right) => left is not null && right is not null && left == right;

    /// <summary>A missing value differs from every value, so "not windows" also admits nodes that do not say.</summary>
    private static bool NotEqual(string? left, string? right) => left != right;

    /// <summary>As integers where both are, else as numbers where both are, else as text. Null: one is missing.</summary>
    private static int? Order(string? left, string? right)
    {
        if (left is null || right is null)
        {
            return null;
        }

        if (long.TryParse(left, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var leftInteger)
            && long.TryParse(right, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var rightInteger))
        {
            return leftInteger.CompareTo(rightInteger);
        }

        return double.TryParse(left, NumberStyles.Float, CultureInfo.InvariantCulture, out var leftNumber)
            && double.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out var rightNumber)
            ? leftNumber.CompareTo(rightNumber)
            : string.CompareOrdinal(left, right);
    }

    private static bool ContainsAll(string? left, string? right) =>
        left is not null && right is not null && Items(right).IsSubsetOf(Items(left));

    private static bool ContainsAny(string? left, string? right) =>
        left is not null && right is not null && Items(right).Overlaps(Items(left));

    private static HashSet<string> Items(string list) =>
        [.. list.Split(',', StringSplitOptions.TrimEntries)];
}
