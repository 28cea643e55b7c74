using System.Globalization;
using Saas.Discovery.Filter.Syntax;

namespace Saas.Discovery.Filter.Evaluation;

/// <summary>How Go reads numbers and booleans (strconv.ParseInt with base 0 and 64 bits, strconv.ParseBool), and what it says of others.</summary>
internal static class GoLiterals
{
    private const string Syntax = "invalid syntax";
    private const string Range = "value out of range";

    /// <summary>Decimal, or by prefix hexadecimal (0x), octal (0o, 0) or binary (0b), with underscores between digits. Null: see the error.</summary>
    public static long? ParseInt(string text, out string error)
    {
        var negative = text.StartsWith('-');
        var magnitude = Magnitude(text.AsSpan(negative || text.StartsWith('+') ? 1 : 0), out error);
        if (magnitude is { } value && value > (negative ? 1UL << 63 : long.MaxValue))
        {
            (magnitude, error) = (null, Range);
        }

        if (magnitude is { } fitting)
        {
            return negative ? unchecked(-(long)fitting) : (long)fitting;
        }

        error = $"strconv.ParseInt: parsing {GoText.Quote(text)}: {error}";
        return null;
    }

    public static bool? ParseBool(string text, out string error)
    {
        error = "";
        switch (text)
        {
            case "1" or "t" or "T" or "true" or "TRUE" or "True":
                return true;
            case "0" or "f" or "F" or "false" or "FALSE" or "False":
                return false;
            default:
                error = $"strconv.ParseBool: parsing {GoText.Quote(text)}: {Syntax}";
                return null;
        }
    }

    private static ulong? Magnitude(ReadOnlySpan<char> text, out string error)
    {
        var (radix, prefix) = Radix(text);
        var lastWasDigit = prefix > 0; // an underscore may stand behind a prefix
        var wellSeparated = true;
        UInt128 value = 0;
        error = Syntax;
        foreach (var c in text[prefix..])
        {
            if (c == '_')
            {
                wellSeparated &= lastWasDigit;
                lastWasDigit = false;
                continue;
            }

            if (!char.IsAsciiHexDigit(c) || uint.Parse([c], NumberStyles.AllowHexSpecifier) is var digit && digit >= radix)
            {
                return null;
            }

            lastWasDigit = true;
            value = (value * radix) + digit;
            if (value > ulong.MaxValue)
            {
                error = Range;
                return null;
            }
        }

        if (text.Length == prefix || !lastWasDigit || !wellSeparated)
        {
            return null;
        }

        error = "";
        return (ulong)value;
    }

    /// <summary>With the length of the prefix that says it. A zero before octal digits is a prefix, alone it is a digit.</summary>
    private static (uint Radix, int Prefix) Radix(ReadOnlySpan<char> text) => text switch
    {
        ['0', 'x' or 'X', ..] => (16, 2),
        ['0', 'b' or 'B', ..] => (2, 2),
        ['0', 'o' or 'O', ..] => (8, 2),
        ['0', _, ..] => (8, 1),
        _ => (10, 0),
    };
}
