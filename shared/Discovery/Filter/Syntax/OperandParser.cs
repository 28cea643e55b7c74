namespace Saas.Discovery.Filter.Syntax;

/// <summary>
/// The sides of a comparison: selectors (<c>Meta.env</c>, <c>Meta["a-b"]</c>) and values (a word, a number, a string). A
/// word is read like a selector, so <c>a.b</c> is one value. Null: there is none here, and the position is where it was.
/// </summary>
internal static class OperandParser
{
    public static string[]? Selector(FilterScanner scanner)
    {
        if (Identifier(scanner) is not { } first)
        {
            return null;
        }

        List<string> names = [first];
        while (Part(scanner) is { } name)
        {
            names.Add(name);
        }

        return [.. names];
    }

    public static string? Value(FilterScanner scanner) =>
        Selector(scanner) is { } words ? string.Join('.', words) : Number(scanner) ?? StringLiteral(scanner);

    private static string? Identifier(FilterScanner scanner)
    {
        var start = scanner.Position;
        if (!scanner.Character(char.IsAsciiLetter, Terminals.Letter))
        {
            return null;
        }

        while (scanner.Character(static c => char.IsAsciiLetterOrDigit(c) || c == '_', Terminals.WordCharacter))
        {
        }

        return scanner.From(start);
    }

    private static string? Part(FilterScanner scanner)
    {
        var start = scanner.Position;
        if (scanner.Literal(".", Terminals.Dot) && Identifier(scanner) is { } name)
        {
            return name;
        }

        scanner.Position = start;
        return Index(scanner);
    }

    private static string? Index(FilterScanner scanner)
    {
        var start = scanner.Position;
        if (!scanner.Literal("[", Terminals.OpenIndex))
        {
            return null;
        }

        scanner.Spaces();
        if (StringLiteral(scanner) is not { } key)
        {
            scanner.Error(scanner.Position, "index", "Invalid index");
        }
        else
        {
            scanner.Spaces();
            if (scanner.Literal("]", Terminals.CloseIndex))
            {
                return key;
            }

            scanner.Error(scanner.Position, "index", "Unclosed index expression");
        }

        scanner.Position = start;
        return null;
    }

    private static string? Number(FilterScanner scanner)
    {
        var start = scanner.Position;
        scanner.Literal("-", Terminals.Minus);
        if (Digits(scanner))
        {
            var end = scanner.Position;
            if (scanner.Spaces() || scanner.End() || scanner.Literal(")", Terminals.Close))
            {
                scanner.Position = end;
                return scanner.From(start);
            }

            scanner.Error(end, "number", "Invalid number literal");
        }

        scanner.Position = start;
        return null;
    }

    private static bool Digits(FilterScanner scanner)
    {
        if (!scanner.Literal("0", Terminals.Zero))
        {
            if (!scanner.Character(static c => c is >= '1' and <= '9', Terminals.DigitNotZero))
            {
                return false;
            }

            SkipDigits(scanner);
        }

        var end = scanner.Position;
        if (!scanner.Literal(".", Terminals.Dot) || !SkipDigits(scanner))
        {
            scanner.Position = end;
        }

        return true;
    }

    private static bool SkipDigits(FilterScanner scanner)
    {
        var start = scanner.Position;
        while (scanner.Character(char.IsAsciiDigit, Terminals.Digit))
        {
        }

        return scanner.Position > start;
    }

    private static string? StringLiteral(FilterScanner scanner)
    {
        var start = scanner.Position;
        var quote = scanner.Literal("`", Terminals.Backquote) ? '`' : scanner.Literal("\"", Terminals.Quote) ? '"' : '\0';
        if (quote == '\0')
        {
            return null;
        }

        if (!scanner.SkipTo(quote))
        {
            scanner.Error(scanner.Position, "string", "Unterminated string literal");
            scanner.Position = start;
            return null;
        }

        if (GoText.Unquote(scanner.From(start)) is { } value)
        {
            return value;
        }

        scanner.Error(start, "string", "invalid syntax");
        return "";
    }
}
