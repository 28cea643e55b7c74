using System.Text.Json.Nodes;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobspec.Mapping;
using static Saas.Provisioning.Jobspec.Mapping.Spec;

namespace Saas.Provisioning.Jobspec.Tables;

/// <summary>Constraints and affinities with their short forms (<c>regexp = "…"</c> for operator and value), and spreads.</summary>
internal static class PlacementTables
{
    private const string ShortForm = "#";

    /// <summary>Operators that may be written as the name of the value, the last of which counts.</summary>
    private static readonly string[] ValueOperators =
        [Operands.Version, Operands.Semver, Operands.Regexp, Operands.SetContainsAny, Operands.SetContainsAll, Operands.SetContains];

    private static readonly Entry[] Comparison =
    [
        Text("attribute", "LTarget"),
        Text("value", "RTarget"),
        Text("operator", "Operand"),
        .. ValueOperators.Select(name => Text(name, ShortForm + name)),
    ];

    public static readonly BodySpec Affinity = new([.. Comparison, Whole("weight", "Weight", -128, 127)]) { Finish = Expand };

    public static readonly BodySpec Constraint = new(
    [
        .. Comparison,
        Flag(Operands.DistinctHosts, ShortForm + Operands.DistinctHosts),
        Text(Operands.DistinctProperty, ShortForm + Operands.DistinctProperty),
        Text(Operands.IsSet, Operands.IsSet).Refused("write operator = \"is_set\" and the attribute."),
        Text(Operands.IsNotSet, Operands.IsNotSet).Refused("write operator = \"is_not_set\" and the attribute."),
    ])
    { Finish = Expand };

    public static readonly BodySpec Spread = new(
        Text("attribute", "Attribute"),
        Whole("weight", "Weight", -128, 127),
        Many("target", "SpreadTarget", new BodySpec(Whole("percent", "Percent", 0, 255)), label: "Value"));

    private static void Expand(JsonObject comparison)
    {
        foreach (var name in ValueOperators)
        {
            if (Take(comparison, name) is { } value && value.GetValue<string>().Length > 0)
            {
                (comparison["Operand"], comparison["RTarget"]) = (name, value);
            }
        }

        if (Take(comparison, Operands.DistinctHosts) is { } distinct)
        {
            (comparison["Operand"], comparison["RTarget"]) = (Operands.DistinctHosts, distinct.GetValue<bool>() ? "true" : "false");
        }

        if (Take(comparison, Operands.DistinctProperty) is { } property)
        {
            (comparison["Operand"], comparison["LTarget"]) = (Operands.DistinctProperty, property);
        }

        comparison["Operand"] = comparison["Operand"]?.GetValue<string>() is { Length: > 0 } operand ? operand : Operands.Equal;
    }

    private static JsonNode? Take(JsonObject comparison, string name)
    {
        var value = comparison[ShortForm + name];
        comparison.Remove(ShortForm + name);
        return value;
    }
}
