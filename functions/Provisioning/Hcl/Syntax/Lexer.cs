using System.Globalization;
using System.Text;
using Saas.Provisioning.Hcl.Source;

namespace Saas.Provisioning.Hcl.Syntax;

/// <summary>
/// Text to tokens. What a character means depends on where it stands, so there is a stack of modes: outside of templates, in
/// quotes, in a heredoc, and again outside within <c>${ }</c>. Comments are left out; one that ends a line is its line end.
/// </summary>
internal sealed partial class Lexer
{
    private readonly SourceText _source;
    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private readonly Stack<Mode> _modes = new();
    private int _at;

    private Lexer(SourceText source) => (_source, _text) = (source, source.Text);

    private enum ModeKind
    {
        Outside,
        Sequence,
        Quoted,
        Heredoc,
    }

    /// <exception cref="HclException">A character that nothing can begin with, or a template without end.</exception>
    public static List<Token> Read(SourceText source)
    {
        if (Encoding.UTF8.GetByteCount(source.Text) > HclLimits.TextBytes)
        {
            throw new HclLimitException(new SourceRange(source, 0, 0), $"The text has more than {HclLimits.TextBytes} bytes.");
        }

        var lexer = new Lexer(source);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        Push(new Mode(ModeKind.Outside));
        while (_at < _text.Length)
        {
            var mode = _modes.Peek();
            switch (mode.Kind)
            {
                case ModeKind.Quoted: Quoted(mode); break;
                case ModeKind.Heredoc: Heredoc(mode); break;
                default: Outside(mode); break;
            }
        }

        if (_modes.Peek() is { Kind: not ModeKind.Outside } open)
        {
            throw open.Kind == ModeKind.Sequence
                ? Error(open.Start, open.Start + 2, "Unclosed template interpolation sequence", "The text ends before the sequence's closing brace.")
                : Error(open.Start, open.Start + 1, "Unterminated template string", "The text ends before the string does.");
        }

        Add(TokenKind.EndOfFile, 0);
    }

    private void Outside(Mode mode)
    {
        var c = _text[_at];
        switch (c)
        {
            case ' ' or '\t':
                _at++;
                break;
            case '\n':
                Add(TokenKind.Newline, 1);
                break;
            case '\r' when Next(1) == '\n':
                Add(TokenKind.Newline, 2);
                break;
            case '#':
                LineComment();
                break;
            case '/' when Next(1) == '/':
                LineComment();
                break;
            case '/' when Next(1) == '*':
                BlockComment();
                break;
            case '"':
                Push(new Mode(ModeKind.Quoted) { Start = _at });
                Add(TokenKind.OpenQuote, 1);
                break;
            case '<' when Next(1) == '<':
                OpenHeredoc();
                break;
            case '{':
                mode.Braces++;
                Add(TokenKind.OpenBrace, 1);
                break;
            case '}' when mode is { Kind: ModeKind.Sequence, Braces: 0 }:
                _modes.Pop();
                Add(TokenKind.CloseSequence, 1);
                break;
            case '~' when Next(1) == '}' && mode is { Kind: ModeKind.Sequence, Braces: 0 }:
                _modes.Pop();
                Add(TokenKind.CloseSequence, 2);
                break;
            case '}':
                mode.Braces--;
                Add(TokenKind.CloseBrace, 1);
                break;
            case >= '0' and <= '9':
                Add(TokenKind.Number, NumberLength());
                break;
            default:
                WordOrSymbol();
                break;
        }
    }

    private void WordOrSymbol()
    {
        if (IdentifierLength(_at) is > 0 and var length)
        {
            if (length > HclLimits.NameCharacters)
            {
                throw new HclLimitException(new SourceRange(_source, _at, _at + length), $"A name has more than {HclLimits.NameCharacters} characters.");
            }

            Add(TokenKind.Identifier, length);
        }
        else if (SymbolAt(_text.AsSpan(_at)) is { Length: > 0 } symbol)
        {
            Add(symbol.Kind, symbol.Length);
        }
        else
        {
            throw Unexpected();
        }
    }

    private HclException Unexpected() => _text[_at] switch
    {
        '\'' => Error(_at, _at + 1, "Invalid character", "Single quotes delimit nothing here. Strings stand in double quotes."),
        '`' => Error(_at, _at + 1, "Invalid character", "Backticks delimit nothing here. Texts of several lines are heredocs (<<EOF)."),
        ';' => Error(_at, _at + 1, "Invalid character", "Semicolons separate nothing here. Each argument has a line of its own."),
        '&' => Error(_at, _at + 1, "Unsupported operator", "There are no bitwise operators. Did you mean \"&&\"?"),
        '|' => Error(_at, _at + 1, "Unsupported operator", "There are no bitwise operators. Did you mean \"||\"?"),
        _ => Error(
            _at, _at + (Rune.TryGetRuneAt(_text, _at, out var rune) ? rune.Utf16SequenceLength : 1), "Invalid character", "This character is not used within the language."),
    };

    private void LineComment()
    {
        var end = _text.IndexOf('\n', _at);
        Add(TokenKind.Newline, (end < 0 ? _text.Length : end + 1) - _at);
    }

    private void BlockComment()
    {
        var end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
        _at = end < 0 ? throw Error(_at, _at + 2, "Unterminated comment", "The text ends before the comment does (*/).") : end + 2;
    }

    private int NumberLength()
    {
        var end = Digits(_at);
        if (CharAt(end) == '.' && char.IsAsciiDigit(CharAt(end + 1)))
        {
            end = Digits(end + 1);
        }

        if (CharAt(end) is 'e' or 'E')
        {
            var digits = CharAt(end + 1) is '+' or '-' ? end + 2 : end + 1;
            end = char.IsAsciiDigit(CharAt(digits)) ? Digits(digits) : end;
        }

        return end - _at;
    }

    private int Digits(int from)
    {
        while (char.IsAsciiDigit(CharAt(from)))
        {
            from++;
        }

        return from;
    }

    /// <returns>0: no identifier begins there.</returns>
    private int IdentifierLength(int from) => Identifiers.LengthAt(_text, from);

    private char Next(int ahead) => CharAt(_at + ahead);

    private char CharAt(int at) => at < _text.Length ? _text[at] : '\0';

    private void Add(TokenKind kind, int length)
    {
        _tokens.Add(new Token(kind, _at, _at + length));
        _at += length;
    }

    private void Push(Mode mode)
    {
        if (_modes.Count >= HclLimits.Nesting)
        {
            throw new HclLimitException(new SourceRange(_source, _at, _at + 1), $"Templates nest more than {HclLimits.Nesting} deep.");
        }

        _modes.Push(mode);
    }

    private HclException Error(int start, int end, string summary, string detail) =>
        new(new SourceRange(_source, start, Math.Min(end, _text.Length)), summary, detail);

    private static (TokenKind Kind, int Length) SymbolAt(ReadOnlySpan<char> text) => text switch
    {
        ['.', '.', '.', ..] => (TokenKind.Ellipsis, 3),
        ['=', '=', ..] => (TokenKind.EqualEqual, 2),
        ['=', '>', ..] => (TokenKind.FatArrow, 2),
        ['!', '=', ..] => (TokenKind.NotEqual, 2),
        ['<', '=', ..] => (TokenKind.LessEqual, 2),
        ['>', '=', ..] => (TokenKind.GreaterEqual, 2),
        ['&', '&', ..] => (TokenKind.And, 2),
        ['|', '|', ..] => (TokenKind.Or, 2),
        ['[', ..] => (TokenKind.OpenBracket, 1),
        [']', ..] => (TokenKind.CloseBracket, 1),
        ['(', ..] => (TokenKind.OpenParen, 1),
        [')', ..] => (TokenKind.CloseParen, 1),
        [',', ..] => (TokenKind.Comma, 1),
        ['.', ..] => (TokenKind.Dot, 1),
        ['=', ..] => (TokenKind.Equal, 1),
        ['!', ..] => (TokenKind.Bang, 1),
        ['<', ..] => (TokenKind.Less, 1),
        ['>', ..] => (TokenKind.Greater, 1),
        ['+', ..] => (TokenKind.Plus, 1),
        ['-', ..] => (TokenKind.Minus, 1),
        ['*', ..] => (TokenKind.Star, 1),
        ['/', ..] => (TokenKind.Slash, 1),
        ['%', ..] => (TokenKind.Percent, 1),
        ['?', ..] => (TokenKind.Question, 1),
        [':', ..] => (TokenKind.Colon, 1),
        _ => default,
    };

    /// <param name="Kind">What the characters mean there.</param>
    private sealed record Mode(ModeKind Kind)
    {
        /// <summary>Where it was opened.</summary>
        public int Start { get; init; }

        /// <summary>Of a heredoc.</summary>
        public string Marker { get; init; } = "";

        /// <summary>Of a heredoc: where the line ends that is being read. A line is looked through once, however many sequences it has.</summary>
        public int LineEnd { get; set; } = -1;

        /// <summary>Of a heredoc: no text of the line was read yet.</summary>
        public bool AtLineStart { get; set; }

        /// <summary>Of a sequence: braces that are open in it, so that they do not close it.</summary>
        public int Braces { get; set; }
    }
}

/// <summary>Names: a letter or '_', then letters, digits, '_' and '-'.</summary>
internal static class Identifiers
{
    public static bool IsIdentifier(string text) => text.Length > 0 && LengthAt(text, 0) == text.Length;

    public static int LengthAt(string text, int from)
    {
        var at = from;
        while (at < text.Length && Rune.TryGetRuneAt(text, at, out var rune) && (at == from ? IsStart(rune) : IsStart(rune) || IsPart(rune)))
        {
            at += rune.Utf16SequenceLength;
        }

        return at - from;
    }

    private static bool IsStart(Rune rune) => rune.Value == '_' || Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.LetterNumber;

    private static bool IsPart(Rune rune) => rune.Value == '-' || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation;
}
