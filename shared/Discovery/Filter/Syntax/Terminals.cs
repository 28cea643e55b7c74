using System.Numerics;

namespace Saas.Discovery.Filter.Syntax;

/// <summary>
/// What a place of an expression can be made of, in the order in which errors list what they expected (that of the bytes
/// of the names below).
/// </summary>
[Flags]
internal enum Terminals
{
    None = 0,
    Differs = 1 << 0,
    Open = 1 << 1,
    Close = 1 << 2,
    Minus = 1 << 3,
    Dot = 1 << 4,
    Zero = 1 << 5,
    Equals = 1 << 6,
    OpenIndex = 1 << 7,
    Quote = 1 << 8,
    CloseIndex = 1 << 9,
    Backquote = 1 << 10,
    And = 1 << 11,
    Contains = 1 << 12,
    Empty = 1 << 13,
    In = 1 << 14,
    Is = 1 << 15,
    Matches = 1 << 16,
    Not = 1 << 17,
    Or = 1 << 18,
    Space = 1 << 19,
    Digit = 1 << 20,
    DigitNotZero = 1 << 21,
    WordCharacter = 1 << 22,
    Letter = 1 << 23,
    End = 1 << 24,
}

internal static class TerminalNames
{
    private static readonly string[] Names =
    [
        "\"!=\"", "\"(\"", "\")\"", "\"-\"", "\".\"", "\"0\"", "\"==\"", "\"[\"", "\"\\\"\"", "\"]\"", "\"`\"",
        "\"and\"", "\"contains\"", "\"empty\"", "\"in\"", "\"is\"", "\"matches\"", "\"not\"", "\"or\"",
        @"[ \t\r\n]", "[0-9]", "[1-9]", "[a-zA-Z0-9_]", "[a-zA-Z]", "EOF",
    ];

    /// <summary><c>a, b or c</c>.</summary>
    public static string List(this Terminals terminals)
    {
        var names = new List<string>();
        for (var rest = (uint)terminals; rest != 0; rest &= rest - 1)
        {
            names.Add(Names[BitOperations.TrailingZeroCount(rest)]);
        }

        return names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }
}
