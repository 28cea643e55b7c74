namespace Saas.Discovery.Filter.Syntax;

/// <summary>
/// How expressions are joined: <c>or</c>, <c>and</c>, <c>not</c>, parentheses. An alternative that does not fit leaves the
/// position where it was, so that the next can be tried, as in the parsing expression grammar that defines the language;
/// what two alternatives begin with is parsed once, so the time is linear in the length of the text.
/// </summary>
internal sealed class FilterParser(string text)
{
    private readonly FilterScanner scanner = new(text);
    private int depth;
    private int terms;
    private int patterns;

    /// <exception cref="FilterException">The text is not an expression, or it is too large a one.</exception>
    public FilterSyntax Parse()
    {
        scanner.Spaces();
        var expression = Or();
        scanner.Spaces();
        var atEnd = expression is not null && scanner.End();
        return scanner.Failure(atEnd) is { } failure ? throw failure : expression!;
    }

    private FilterSyntax? Or() => Joined("or", Terminals.Or, And, static parts => new OrSyntax(parts));

    private FilterSyntax? And() => Joined("and", Terminals.And, Not, static parts => new AndSyntax(parts));

    private FilterSyntax? Joined(
        string word,
        Terminals terminal,
        Func<FilterSyntax?> next,
        Func<List<FilterSyntax>, FilterSyntax> join)
    {
        if (next() is not { } first)
        {
            return null;
        }

        List<FilterSyntax>? parts = null;
        while (true)
        {
            var before = scanner.Position;
            if (scanner.Spaces() && scanner.Literal(word, terminal) && scanner.Spaces() && next() is { } part)
            {
                (parts ??= [first]).Add(part);
                continue;
            }

            scanner.Position = before;
            return parts is null ? first : join(parts);
        }
    }

    private FilterSyntax? Not()
    {
        var start = scanner.Position;
        if (scanner.Literal("not", Terminals.Not) && scanner.Spaces() && Nested(Not) is { } part)
        {
            return part is NotSyntax twice ? twice.Part : new NotSyntax(part);
        }

        scanner.Position = start; // a selector or a value may begin like it, or be it
        return Parenthesized() ?? Match();
    }

    private FilterSyntax? Parenthesized()
    {
        var start = scanner.Position;
        if (!scanner.Literal("(", Terminals.Open))
        {
            return null;
        }

        scanner.Spaces();
        if (Nested(Or) is { } expression)
        {
            scanner.Spaces();
            if (scanner.Literal(")", Terminals.Close))
            {
                return expression;
            }

            scanner.Error(scanner.Position, "grouping", "Unmatched parentheses");
        }

        scanner.Position = start;
        return null;
    }

    private FilterSyntax? Nested(Func<FilterSyntax?> part)
    {
        if (++depth > FilterLimits.Depth)
        {
            throw FilterException.Of($"Depth of nested expressions exceeds the limit ({FilterLimits.Depth})");
        }

        var expression = part();
        depth--;
        return expression;
    }

    private MatchSyntax? Match()
    {
        var match = MatchParser.Parse(scanner);
        if (match is not null && ++terms > FilterLimits.Terms)
        {
            throw FilterException.Of($"Number of match expressions ({terms}) exceeds the limit ({FilterLimits.Terms})");
        }

        if (match?.Operator is FilterOperator.Matches or FilterOperator.NotMatches && ++patterns > FilterLimits.Patterns)
        {
            throw FilterException.Of($"Number of regular expressions ({patterns}) exceeds the limit ({FilterLimits.Patterns})");
        }

        return match;
    }
}
