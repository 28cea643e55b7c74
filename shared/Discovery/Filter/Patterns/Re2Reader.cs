using System.Globalization;
using System.Text;

namespace Saas.Discovery.Filter.Patterns;

/// <summary>A place in a pattern, and what can stand there both inside and outside of classes: characters and their escapes.</summary>
internal sealed class Re2Reader(string pattern)
{
    public int At { get; private set; }

    public bool AtEnd => At == pattern.Length;

    /// <summary>The next character; NUL at the end.</summary>
    public char Peek(int ahead = 0) => At + ahead < pattern.Length ? pattern[At + ahead] : '\0';

    public char Read() => pattern[At++];

    public bool Skip(string text)
    {
        if (!pattern.AsSpan(At).StartsWith(text, StringComparison.Ordinal))
        {
            return false;
        }

        At += text.Length;
        return true;
    }

    /// <summary>Up to the text, which is skipped; null, without moving: it does not come.</summary>
    public string? ReadTo(string end)
    {
        var at = pattern.IndexOf(end, At, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        var read = pattern[At..at];
        At = at + end.Length;
        return read;
    }

    /// <summary>Null, without moving, unless the beginning stands here and the end somewhere behind it.</summary>
    public string? ReadBetween(string beginning, string end)
    {
        var start = At;
        if (Skip(beginning) && ReadTo(end) is { } between)
        {
            return between;
        }

        At = start;
        return null;
    }

    public string ReadToEnd()
    {
        var rest = pattern[At..];
        At = pattern.Length;
        return rest;
    }

    public string From(int start) => pattern[start..At];

    public Re2SyntaxException Error(string what, int start) => new($"{what}: `{From(start)}`");

    /// <summary>A character as it stands; two units of UTF-16 are one.</summary>
    public int ReadCharacter()
    {
        if (!Rune.TryGetRuneAt(pattern, At, out var rune))
        {
            throw new Re2SyntaxException("invalid UTF-8");
        }

        At += rune.Utf16SequenceLength;
        return rune.Value;
    }

    /// <summary>The character of an escape, behind its backslash.</summary>
    public int ReadEscape()
    {
        var start = At - 1;
        if (AtEnd)
        {
            throw new Re2SyntaxException("trailing backslash at end of expression: ``");
        }

        var c = Read();
        switch (c)
        {
            case >= '1' and <= '7' when Peek() is < '0' or > '7':
                throw Error("invalid escape sequence", start); // a reference back, which RE2 has none of
            case >= '0' and <= '7':
                return ReadOctal(c - '0');
            case 'x':
                return ReadHexadecimal(start);
            case var _ when "aftnrv".IndexOf(c, StringComparison.Ordinal) is >= 0 and var index:
                return "\a\f\t\n\r\v"[index];
            case < (char)128 when !char.IsAsciiLetterOrDigit(c):
                return c;
            default:
                throw Error("invalid escape sequence", start);
        }
    }

    private int ReadOctal(int value)
    {
        for (var digits = 1; digits < 3 && Peek() is >= '0' and <= '7'; digits++)
        {
            value = (value * 8) + (Read() - '0');
        }

        return value;
    }

    private int ReadHexadecimal(int start)
    {
        var digits = Skip("{") ? ReadTo("}") : Read(2);
        return int.TryParse(digits, NumberStyles.AllowHexSpecifier, null, out var value) && Rune.IsValid(value)
            ? value
            : throw Error("invalid escape sequence", start);
    }

    private string Read(int length)
    {
        var start = At;
        At = Math.Min(pattern.Length, At + length);
        return From(start);
    }
}
