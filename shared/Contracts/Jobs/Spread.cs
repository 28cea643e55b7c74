namespace Saas.Contracts.Jobs;

/// <summary>A wish for how allocations are distributed over the values of an attribute.</summary>
public sealed record Spread
{
    /// <summary><c>${node.datacenter}</c>, <c>${meta.rack}</c>, …</summary>
    public string? Attribute { get; init; }

    /// <summary>1 to 100, against other spreads and affinities; default 50.</summary>
    public int? Weight { get; init; }

    /// <summary>Empty: evenly over all values there are.</summary>
    public IReadOnlyList<SpreadTarget>? SpreadTarget { get; init; }
}

/// <summary>The share of one value. What all targets leave goes evenly to the values that none names.</summary>
public sealed record SpreadTarget
{
    public string? Value { get; init; }

    /// <summary>0 to 100; together at most 100.</summary>
    public int? Percent { get; init; }
}
