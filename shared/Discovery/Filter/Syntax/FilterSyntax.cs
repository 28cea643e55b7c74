namespace Saas.Discovery.Filter.Syntax;

/// <summary>An expression as written, not yet checked against any fields.</summary>
internal abstract record FilterSyntax;

/// <summary>At least two parts, in the order written.</summary>
internal sealed record AndSyntax(IReadOnlyList<FilterSyntax> Parts) : FilterSyntax;

/// <summary>At least two parts, in the order written.</summary>
internal sealed record OrSyntax(IReadOnlyList<FilterSyntax> Parts) : FilterSyntax;

internal sealed record NotSyntax(FilterSyntax Part) : FilterSyntax;

/// <summary>A comparison. No value: <see cref="FilterOperator.IsEmpty"/> and its opposite.</summary>
internal sealed record MatchSyntax(string[] Selector, FilterOperator Operator, string Value) : FilterSyntax
{
    public string SelectorText => string.Join('.', Selector);
}

/// <summary><c>contains</c> is <see cref="In"/> with its sides exchanged.</summary>
internal enum FilterOperator
{
    Equal,
    NotEqual,
    In,
    NotIn,
    IsEmpty,
    IsNotEmpty,
    Matches,
    NotMatches,
}

internal static class FilterOperators
{
    /// <summary>As errors call it.</summary>
    public static string Name(this FilterOperator op) => op switch
    {
        FilterOperator.Equal => "Equal",
        FilterOperator.NotEqual => "Not Equal",
        FilterOperator.In => "In",
        FilterOperator.NotIn => "Not In",
        FilterOperator.IsEmpty => "Is Empty",
        FilterOperator.IsNotEmpty => "Is Not Empty",
        FilterOperator.Matches => "Matches",
        FilterOperator.NotMatches => "Not Matches",
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, null),
    };

    public static bool IsNegative(this FilterOperator op) =>
        op is FilterOperator.NotEqual or FilterOperator.NotIn or FilterOperator.IsNotEmpty or FilterOperator.NotMatches;
}
