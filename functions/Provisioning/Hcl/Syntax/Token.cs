namespace Saas.Provisioning.Hcl.Syntax;

internal enum TokenKind
{
    EndOfFile,
    Newline,
    Identifier,
    Number,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParen,
    CloseParen,
    Comma,
    Dot,
    Ellipsis,
    Equal,
    EqualEqual,
    NotEqual,
    Bang,
    FatArrow,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Question,
    Colon,

    /// <summary>A quote that opens a template.</summary>
    OpenQuote,
    CloseQuote,

    /// <summary><c>&lt;&lt;EOF</c> with its line end.</summary>
    OpenHeredoc,

    /// <summary><c>&lt;&lt;-EOF</c>: what all lines are indented by is taken off.</summary>
    OpenFlushHeredoc,

    /// <summary>The marker's line, without its line end.</summary>
    CloseHeredoc,

    /// <summary>Text in quotes, escapes as they stand.</summary>
    QuotedText,

    /// <summary>Text of a heredoc: at most to the end of a line.</summary>
    HeredocText,

    /// <summary><c>${</c> or <c>${~</c></summary>
    OpenInterpolation,

    /// <summary><c>%{</c> or <c>%{~</c></summary>
    OpenDirective,

    /// <summary><c>}</c> or <c>~}</c></summary>
    CloseSequence,
}

/// <param name="Start">Offset of its first character.</param>
/// <param name="End">Offset behind its last.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int End);
