namespace Saas.Discovery.Filter.Syntax;

/// <summary>One comparison: selector, operator and value, or value, operator and selector. Null: there is none here.</summary>
internal static class MatchParser
{
    public static MatchSyntax? Parse(FilterScanner scanner)
    {
        var start = scanner.Position;
        if ((SelectorOperatorValue(scanner) ?? Again(SelectorOperator) ?? Again(ValueOperatorSelector)) is { } match)
        {
            return match;
        }

        scanner.Position = start;
        return null;

        MatchSyntax? Again(Func<FilterScanner, MatchSyntax?> alternative)
        {
            scanner.Position = start;
            return alternative(scanner);
        }
    }

    private static MatchSyntax? SelectorOperatorValue(FilterScanner scanner) =>
        OperandParser.Selector(scanner) is { } selector
        && OperatorBeforeValue(scanner) is { } op
        && OperandParser.Value(scanner) is { } value
            ? new MatchSyntax(selector, op, value)
            : null;

    private static MatchSyntax? SelectorOperator(FilterScanner scanner)
    {
        if (OperandParser.Selector(scanner) is not { } selector)
        {
            return null;
        }

        if (Words(scanner, false, ("is", Terminals.Is), ("empty", Terminals.Empty)))
        {
            return new MatchSyntax(selector, FilterOperator.IsEmpty, "");
        }

        return Words(scanner, false, ("is", Terminals.Is), ("not", Terminals.Not), ("empty", Terminals.Empty))
            ? new MatchSyntax(selector, FilterOperator.IsNotEmpty, "")
            : null;
    }

    private static MatchSyntax? ValueOperatorSelector(FilterScanner scanner)
    {
        if (OperandParser.Value(scanner) is not { } value || OperatorBehindValue(scanner) is not { } op)
        {
            return null;
        }

        if (OperandParser.Selector(scanner) is { } selector)
        {
            return new MatchSyntax(selector, op, value);
        }

        scanner.Error(scanner.Position, "match", "Invalid selector");
        return null;
    }

    private static FilterOperator? OperatorBeforeValue(FilterScanner scanner)
    {
        if (Sign(scanner, "==", Terminals.Equals))
        {
            return FilterOperator.Equal;
        }

        if (Sign(scanner, "!=", Terminals.Differs))
        {
            return FilterOperator.NotEqual;
        }

        return Word(scanner, "contains", Terminals.Contains, FilterOperator.In, FilterOperator.NotIn)
            ?? Word(scanner, "matches", Terminals.Matches, FilterOperator.Matches, FilterOperator.NotMatches);
    }

    private static FilterOperator? OperatorBehindValue(FilterScanner scanner) =>
        Word(scanner, "in", Terminals.In, FilterOperator.In, FilterOperator.NotIn);

    private static FilterOperator? Word(
        FilterScanner scanner,
        string word,
        Terminals terminal,
        FilterOperator op,
        FilterOperator opposite)
    {
        if (Words(scanner, true, (word, terminal)))
        {
            return op;
        }

        return Words(scanner, true, ("not", Terminals.Not), (word, terminal)) ? opposite : null;
    }

    private static bool Sign(FilterScanner scanner, string sign, Terminals terminal)
    {
        var start = scanner.Position;
        scanner.Spaces();
        if (scanner.Literal(sign, terminal))
        {
            scanner.Spaces();
            return true;
        }

        scanner.Position = start;
        return false;
    }

    /// <summary>Words with space before each, and behind the last if the operator has a right side.</summary>
    private static bool Words(FilterScanner scanner, bool spaceBehind, params ReadOnlySpan<(string Text, Terminals Terminal)> words)
    {
        var start = scanner.Position;
        foreach (var word in words)
        {
            if (!scanner.Spaces() || !scanner.Literal(word.Text, word.Terminal))
            {
                scanner.Position = start;
                return false;
            }
        }

        if (!spaceBehind || scanner.Spaces())
        {
            return true;
        }

        scanner.Position = start;
        return false;
    }
}
