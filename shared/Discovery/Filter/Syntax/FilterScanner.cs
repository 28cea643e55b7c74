using System.Text;

namespace Saas.Discovery.Filter.Syntax;

/// <summary>
/// A place in the text of an expression, and what went wrong so far. Everything that is tried and does not fit is noted;
/// what was tried at the furthest such place is what an error says was expected there.
/// </summary>
internal sealed class FilterScanner(string text)
{
    private readonly List<string> errors = [];
    private int furthest;
    private Terminals expected;

    /// <summary>Of the next character.</summary>
    public int Position { get; set; }

    public bool Literal(string literal, Terminals terminal)
    {
        if (text.AsSpan(Position).StartsWith(literal, StringComparison.Ordinal))
        {
            Position += literal.Length;
            return true;
        }

        return Unfit(terminal);
    }

    /// <summary>One character of a class.</summary>
    public bool Character(Func<char, bool> isOfClass, Terminals terminal)
    {
        if (Position < text.Length && isOfClass(text[Position]))
        {
            Position++;
            return true;
        }

        return Unfit(terminal);
    }

    /// <summary>At least one space, tab or line end.</summary>
    public bool Spaces()
    {
        var start = Position;
        while (Character(static c => c is ' ' or '\t' or '\r' or '\n', Terminals.Space))
        {
        }

        return Position > start;
    }

    public bool End() => Position == text.Length || Unfit(Terminals.End);

    public string From(int start) => text[start..Position];

    /// <summary>Goes behind the next such character; to the end of the text if there is none.</summary>
    public bool SkipTo(char last)
    {
        var at = text.IndexOf(last, Position);
        Position = at < 0 ? text.Length : at + 1;
        return at >= 0;
    }

    /// <summary>Something that no alternative can make good. Parsing goes on, to find more of these.</summary>
    public void Error(int position, string rule, string what)
    {
        var error = $"{Place(position)}: rule \"{rule}\": {what}";
        if (!errors.Contains(error))
        {
            errors.Add(error);
        }
    }

    public FilterException? Failure(bool parsed) => (errors.Count, parsed) switch
    {
        ( > 0, _) => FilterException.Of(string.Join('\n', errors)),
        (_, true) => null,
        _ => FilterException.Of($"{Place(furthest)}: no match found, expected: {expected.List()}"),
    };

    private bool Unfit(Terminals terminal)
    {
        if (Position > furthest)
        {
            (furthest, expected) = (Position, Terminals.None);
        }

        if (Position == furthest)
        {
            expected |= terminal;
        }

        return false;
    }

    /// <summary>
    /// <c>line:column (offset)</c>: lines and columns (of code points) from 1, offsets in bytes from 0. As in go-bexpr, a
    /// line end is column 0 of the line it begins.
    /// </summary>
    private string Place(int position)
    {
        var (line, column) = (1, 0);
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (at > position)
            {
                break;
            }

            (line, column) = rune.Value == '\n' ? (line + 1, 0) : (line, column + 1);
            at += rune.Utf16SequenceLength;
        }

        if (position == text.Length)
        {
            column++;
        }

        return $"{line}:{column} ({Encoding.UTF8.GetByteCount(text.AsSpan(0, position))})";
    }
}
