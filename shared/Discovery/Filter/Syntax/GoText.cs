using System.Buffers;
using System.Globalization;
using System.Text;

namespace Saas.Discovery.Filter.Syntax;

/// <summary>Go's rules for quoted text (its package strconv), by which strings in expressions are read and errors quote.</summary>
internal static class GoText
{
    /// <summary>
    /// The text between the quotes, which are the first and the last character. Between backquotes it is as it stands
    /// (carriage returns dropped); between double quotes escapes are replaced. Null: an escape is none of Go's.
    /// </summary>
    public static string? Unquote(string literal)
    {
        var inner = literal.AsSpan(1, literal.Length - 2);
        if (literal[0] == '`')
        {
            return inner.Contains('\r') ? inner.ToString().Replace("\r", "", StringComparison.Ordinal) : inner.ToString();
        }

        if (inner.Contains('\n'))
        {
            return null;
        }

        return inner.Contains('\\') ? Unescape(inner) : inner.ToString();
    }

    /// <summary>The text in double quotes, for an error.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append(@"\\"),
                '\a' => quoted.Append(@"\a"),
                '\b' => quoted.Append(@"\b"),
                '\f' => quoted.Append(@"\f"),
                '\n' => quoted.Append(@"\n"),
                '\r' => quoted.Append(@"\r"),
                '\t' => quoted.Append(@"\t"),
                '\v' => quoted.Append(@"\v"),
                < ' ' or 0x7F => quoted.Append(@"\x").Append(rune.Value.ToString("x2")),
                _ when IsPrintable(rune) => quoted.Append(rune.ToString()),
                <= 0xFFFF => quoted.Append(@"\u").Append(rune.Value.ToString("x4")),
                _ => quoted.Append(@"\U").Append(rune.Value.ToString("x8")),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);

    /// <summary>By way of bytes, because <c>\x</c> and octal escapes are bytes: <c>"\xc3\xa9"</c> is é.</summary>
    private static string? Unescape(ReadOnlySpan<char> text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length);
        while (!text.IsEmpty)
        {
            var plain = text.IndexOf('\\');
            if (plain != 0)
            {
                plain = plain < 0 ? text.Length : plain;
                Encoding.UTF8.GetBytes(text[..plain], bytes);
                text = text[plain..];
                continue;
            }

            var length = Escape(text, bytes);
            if (length == 0)
            {
                return null;
            }

            text = text[length..];
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>The length of the escape at the beginning; 0: none of Go's.</summary>
    private static int Escape(ReadOnlySpan<char> text, ArrayBufferWriter<byte> bytes)
    {
        switch (text.Length < 2 ? '\0' : text[1])
        {
            case 'x':
                return Coded(text, 2, 2, 16, bytes);
            case 'u':
                return Coded(text, 2, 4, 16, bytes);
            case 'U':
                return Coded(text, 2, 8, 16, bytes);
            case >= '0' and <= '7':
                return Coded(text, 1, 3, 8, bytes);
            case var c when "abfnrtv\\\"".IndexOf(c, StringComparison.Ordinal) is >= 0 and var index:
                bytes.Write([(byte)"\a\b\f\n\r\t\v\\\""[index]]);
                return 2;
            default:
                return 0;
        }
    }

    private static int Coded(ReadOnlySpan<char> text, int start, int digits, int radix, ArrayBufferWriter<byte> bytes)
    {
        if (text.Length < start + digits)
        {
            return 0;
        }

        long value = 0;
        foreach (var c in text.Slice(start, digits))
        {
            var digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiHexDigit(c) ? (c | 0x20) - 'a' + 10 : radix;
            if (digit >= radix)
            {
                return 0;
            }

            value = (value * radix) + digit;
        }

        if (digits <= 3)
        {
            bytes.Write([(byte)Math.Min(value, byte.MaxValue)]);
            return value > byte.MaxValue ? 0 : start + digits;
        }

        if (!Rune.IsValid(value > int.MaxValue ? -1 : (int)value))
        {
            return 0;
        }

        Span<byte> encoded = stackalloc byte[4];
        bytes.Write(encoded[..new Rune((int)value).EncodeToUtf8(encoded)]);
        return start + digits;
    }
}
