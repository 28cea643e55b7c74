using System.Text.RegularExpressions;
using Saas.Discovery.Filter.Patterns;
using Saas.Discovery.Filter.Syntax;

namespace Saas.Discovery.Filter.Evaluation;

/// <summary>Which operators fit which kinds of fields, and how a value is read for each.</summary>
internal static class FilterTests
{
    /// <exception cref="FilterException">The operator does not fit the kind, or the value cannot be read.</exception>
    public static FilterTest For(FilterKind kind, MatchSyntax match)
    {
        var negated = match.Operator.IsNegative();
        return (kind, match.Operator) switch
        {
            (FilterKind.Text, FilterOperator.Equal or FilterOperator.NotEqual) => new TextIs(match.Value, negated),
            (FilterKind.Text, FilterOperator.In or FilterOperator.NotIn) => new TextHas(match.Value, negated),
            (FilterKind.Text, FilterOperator.Matches or FilterOperator.NotMatches) => new TextMatches(Pattern(match), negated),
            (FilterKind.Number, FilterOperator.Equal or FilterOperator.NotEqual) => new NumberIs(Number(match), negated),
            (FilterKind.Boolean, FilterOperator.Equal or FilterOperator.NotEqual) => new BooleanIs(Boolean(match), negated),
            (FilterKind.List, FilterOperator.In or FilterOperator.NotIn) => new ListHas(match.Value, negated),
            (FilterKind.List, FilterOperator.IsEmpty or FilterOperator.IsNotEmpty) => new ListIsEmpty(negated),
            (FilterKind.Map, FilterOperator.In or FilterOperator.NotIn) => new MapHas(match.Value, negated),
            (FilterKind.Map, FilterOperator.IsEmpty or FilterOperator.IsNotEmpty) => new MapIsEmpty(negated),
            (FilterKind.Records, FilterOperator.IsEmpty or FilterOperator.IsNotEmpty) => new NumberIs(0, negated),
            _ => throw FilterException.Of(
                $"Invalid match operator \"{match.Operator.Name()}\" for selector {GoText.Quote(match.SelectorText)}"),
        };
    }

    private static long Number(MatchSyntax match) =>
        GoLiterals.ParseInt(match.Value, out var error) ?? throw NotCoercible(match, error);

    private static bool Boolean(MatchSyntax match) =>
        GoLiterals.ParseBool(match.Value, out var error) ?? throw NotCoercible(match, error);

    private static Regex Pattern(MatchSyntax match)
    {
        try
        {
            return Re2Pattern.Compile(match.Value);
        }
        catch (Re2SyntaxException error)
        {
            throw FilterException.Of(
                $"Failed to compile regular expression {GoText.Quote(match.Value)}: error parsing regexp: {error.Message}");
        }
    }

    private static FilterException NotCoercible(MatchSyntax match, string error) => FilterException.Of(
        $"Failed to coerce value {GoText.Quote(match.Value)} for selector {GoText.Quote(match.SelectorText)}: {error}");
}
