namespace Saas.Contracts.Jobs;

/// <summary><c>LTarget Operand RTarget</c>, with Nomad's interpolation (<c>${attr.kernel.name}</c>) on the left.</summary>
public sealed record Constraint
{
    public string? LTarget { get; init; }
    public string? RTarget { get; init; }

    /// <summary>One of <see cref="Operands"/>; default <c>=</c>.</summary>
    public string? Operand { get; init; }
}

/// <summary>A wish, as <see cref="Constraint"/> is a demand: nodes that match it are better by its weight.</summary>
public sealed record Affinity
{
    public string? LTarget { get; init; }
    public string? RTarget { get; init; }

    /// <summary>One of <see cref="Operands"/> that looks at one node alone; default <c>=</c>.</summary>
    public string? Operand { get; init; }

    /// <summary>-100 to 100 and not 0; default 50. Below 0: better not there.</summary>
    public int? Weight { get; init; }
}

/// <summary>Values of <see cref="Constraint.Operand"/> beside the comparisons <c>= == is != not &lt; &lt;= &gt; &gt;=</c>.</summary>
public static class Operands
{
    public const string Equal = "=";
    public const string Regexp = "regexp";
    public const string Version = "version";
    public const string Semver = "semver";
    public const string SetContains = "set_contains";
    public const string SetContainsAll = "set_contains_all";
    public const string SetContainsAny = "set_contains_any";
    public const string IsSet = "is_set";
    public const string IsNotSet = "is_not_set";

    /// <summary>Not on a task. RTarget <c>false</c> turns it off.</summary>
    public const string DistinctHosts = "distinct_hosts";

    /// <summary>Not on a task. RTarget: how many allocations a value of LTarget may have; default 1.</summary>
    public const string DistinctProperty = "distinct_property";
}
