using System.Text.RegularExpressions;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>
/// Nomad's operands, and what each needs on its right. A constraint that cannot be evaluated is refused here: on the
/// scheduler it could only mean "no node", for ever and without a reason.
/// </summary>
internal static partial class ConstraintRules
{
    /// <returns>What is wrong, or null.</returns>
    /// <param name="ofDevice">Targets are a device's, not a node's.</param>
    public static string? FaultOf(Constraint? constraint, bool ofDevice = false)
    {
        if (constraint is null)
        {
            return "A constraint is an object; null came.";
        }

        var left = constraint.LTarget ?? "";
        var right = constraint.RTarget ?? "";
        if (left.Length > JobLimits.MaxTargetLength || right.Length > JobLimits.MaxTargetLength)
        {
            return $"LTarget and RTarget have at most {JobLimits.MaxTargetLength} characters.";
        }

        if ((FaultOfTarget(left, ofDevice) ?? FaultOfTarget(right, ofDevice)) is { } fault)
        {
            return fault;
        }

        return constraint.Operand switch
        {
            null or "" or "=" or "==" or "is" or "!=" or "not" or "<" or "<=" or ">" or ">=" or "set_contains" or "set_contains_all" or "set_contains_any" =>
                left.Length == 0 ? "LTarget is missing." : right.Length == 0 ? "RTarget is missing." : null,
            "is_set" or "is_not_set" => left.Length == 0 ? "LTarget is missing." : right.Length > 0 ? $"{constraint.Operand} takes no RTarget." : null,
            "distinct_property" => left.Length == 0 ? "LTarget is missing." : right.Length == 0 || IsCount(right)
                ? null : $"RTarget is how many allocations a value may have: expected 1 to {JobLimits.MaxCount}; {Quote.Of(right)} came.",
            "distinct_hosts" => right is "" or "true" or "false" ? null : "RTarget is true, false or nothing.",
            "regexp" => left.Length == 0 ? "LTarget is missing." : IsInterpolated(right) ? null : FaultOfRegex(right),
            "version" => left.Length == 0 ? "LTarget is missing." : FaultOfVersions(right, Version(), ">= 1.2, < 2.0"),
            "semver" => left.Length == 0 ? "LTarget is missing." : FaultOfVersions(right, SemanticVersion(), ">= 1.2.0, < 2.0.0-rc.1"),
            _ => $"{Quote.Of(constraint.Operand)} is no operand; known are = != < <= > >= version semver regexp set_contains "
                + "set_contains_all set_contains_any is_set is_not_set distinct_hosts distinct_property.",
        };
    }

    private static bool IsInterpolated(string target) => target.StartsWith("${", StringComparison.Ordinal);

    private static bool IsCount(string text) => text.Length <= 5 && text.All(char.IsAsciiDigit) && int.Parse(text) is >= 1 and <= JobLimits.MaxCount;

    /// <summary>A node has attributes, meta data and a handful of its own; anything else would never be there.</summary>
    public static string? FaultOfTarget(string target, bool ofDevice = false)
    {
        if (!IsInterpolated(target))
        {
            return null;
        }

        var name = target.EndsWith('}') ? target[2..^1] : "";
        if (ofDevice)
        {
            return name is "device.ids" or "device.vendor" or "device.type" or "device.model" || (name.StartsWith("device.attr.", StringComparison.Ordinal) && name.Length > 12)
                ? null
                : $"{Quote.Of(target)} names nothing of a device; known are ${{device.attr.…}} ${{device.vendor}} ${{device.type}} ${{device.model}} ${{device.ids}}.";
        }

        return name is "node.unique.id" or "node.unique.name" or "node.datacenter" or "node.region" or "node.class" or "node.pool"
            || (name.StartsWith("attr.", StringComparison.Ordinal) && name.Length > 5)
            || (name.StartsWith("meta.", StringComparison.Ordinal) && name.Length > 5)
            ? null
            : $"{Quote.Of(target)} names nothing of a node; known are ${{attr.…}} ${{meta.…}} ${{node.unique.id}} ${{node.unique.name}} "
                + "${node.datacenter} ${node.region} ${node.class} ${node.pool}.";
    }

    /// <summary>Only what matches in linear time: an automaton of bounded size, as the scheduler uses it.</summary>
    private static string? FaultOfRegex(string pattern)
    {
        if (pattern.Length == 0)
        {
            return "RTarget is missing.";
        }

        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return null;
        }
        catch (RegexParseException e)
        {
            return $"RTarget is no regular expression: {e.Error} at {e.Offset}.";
        }
        catch (NotSupportedException)
        {
            return "RTarget uses look-around, a back reference or too much repetition, which regular expressions here do not have.";
        }
    }

    private static string? FaultOfVersions(string text, Regex one, string example)
    {
        if (IsInterpolated(text))
        {
            return null;
        }

        foreach (var part in text.Split(','))
        {
            if (!one.IsMatch(part.Trim()))
            {
                return $"Expected version constraints such as '{example}'; {Quote.Of(part.Trim())} came.";
            }
        }

        return null;
    }

    [GeneratedRegex(@"^(=|!=|>|<|>=|<=|~>)?\s*v?[0-9]{1,9}(\.[0-9]{1,9}){0,7}(-[0-9A-Za-z.~-]+)?(\+[0-9A-Za-z.~-]+)?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Version();

    [GeneratedRegex(@"^(=|!=|>|<|>=|<=)?\s*v?[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SemanticVersion();
}
