using Saas.Discovery.Filter.Syntax;

namespace Saas.Discovery.Filter.Evaluation;

/// <summary>
/// Checks what was written against the fields of what will be filtered: the selector names a field, the operator fits
/// its kind, the value can be read as one of that kind. The first thing wrong, from left to right, is reported.
/// </summary>
internal sealed class FilterBinder<T>(IFilterFields<T> fields)
{
    /// <exception cref="FilterException">A selector, an operator or a value does not fit.</exception>
    public FilterExpression<T> Bind(FilterSyntax syntax) => syntax switch
    {
        AndSyntax and => new All<T>(BindAll(and.Parts)),
        OrSyntax or => new AnyOf<T>(BindAll(or.Parts)),
        NotSyntax not => new Not<T>(Bind(not.Part)),
        MatchSyntax match => BindMatch(match),
        _ => throw new ArgumentOutOfRangeException(nameof(syntax), syntax, null),
    };

    private FilterExpression<T>[] BindAll(IReadOnlyList<FilterSyntax> parts)
    {
        var bound = new FilterExpression<T>[parts.Count];
        for (var i = 0; i < bound.Length; i++)
        {
            bound[i] = Bind(parts[i]);
        }

        return bound;
    }

    private Comparison<T> BindMatch(MatchSyntax match)
    {
        for (var length = 1; length < match.Selector.Length; length++)
        {
            if (fields.Find(match.Selector.AsSpan(0, length)) is null)
            {
                throw NotValid(string.Join('.', match.Selector[..length]));
            }
        }

        var field = fields.Find(match.Selector) ?? throw NotValid(match.SelectorText);
        return new Comparison<T>(field, FilterTests.For(field.Kind, match));
    }

    private static FilterException NotValid(string selector) =>
        FilterException.Of($"Selector {GoText.Quote(selector)} is not valid");
}
