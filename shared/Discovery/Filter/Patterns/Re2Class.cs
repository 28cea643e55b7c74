using System.Collections.Frozen;
using System.Text;

namespace Saas.Discovery.Filter.Patterns;

/// <summary>Classes of characters: <c>[a-z]</c>, <c>\d</c>, <c>\pL</c>, <c>[[:alpha:]]</c>, as .NET writes them.</summary>
internal static class Re2Class
{
    private static readonly FrozenDictionary<string, string> Posix = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["alnum"] = "0-9A-Za-z",
        ["alpha"] = "A-Za-z",
        ["ascii"] = @"\u0000-\u007F",
        ["blank"] = @"\t ",
        ["cntrl"] = @"\u0000-\u001F\u007F",
        ["digit"] = "0-9",
        ["graph"] = @"\u0021-\u007E",
        ["lower"] = "a-z",
        ["print"] = @"\u0020-\u007E",
        ["punct"] = @"\u0021-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u007E",
        ["space"] = @"\t\n\v\f\r ",
        ["upper"] = "A-Z",
        ["word"] = "0-9A-Za-z_",
        ["xdigit"] = "0-9A-Fa-f",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Categories = FrozenSet.ToFrozenSet(
        [
            "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi",
            "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cs", "Co",
        ],
        StringComparer.Ordinal);

    /// <summary>
    /// What stands in brackets for a class that an escape names, of ASCII only as in RE2; null: the next is no such escape.
    /// The reader is at the backslash.
    /// </summary>
    public static string? Escaped(Re2Reader reader)
    {
        var range = reader.Peek() != '\\' ? null : reader.Peek(1) switch
        {
            'd' => "0-9",
            'D' => @"\u0000-\u002F\u003A-\uFFFF",
            's' => @"\t\n\f\r ",
            'S' => @"\u0000-\u0008\u000B\u000E-\u001F\u0021-\uFFFF",
            'w' => "0-9A-Za-z_",
            'W' => @"\u0000-\u002F\u003A-\u0040\u005B-\u005E\u0060\u007B-\uFFFF",
            'p' or 'P' => "",
            _ => null,
        };
        if (range is null)
        {
            return null;
        }

        reader.Read();
        var name = reader.Read();
        return range.Length > 0 ? range : OfUnicode(reader, name);
    }

    /// <summary>Brackets and what is in them. The reader is behind the opening one.</summary>
    public static string Bracketed(Re2Reader reader)
    {
        var start = reader.At - 1;
        var written = new StringBuilder("[").Append(reader.Skip("^") ? "^" : "");
        for (var first = true; first || reader.Peek() != ']'; first = false)
        {
            if (reader.AtEnd)
            {
                throw reader.Error("missing closing ]", start);
            }

            written.Append(OfPosix(reader) ?? Escaped(reader) ?? Range(reader, start));
        }

        reader.Read();
        return written.Append(']').ToString();
    }

    /// <summary>One character, escaped so that it stands for itself inside and outside of classes.</summary>
    public static string Literal(char c) => char.IsAsciiLetterOrDigit(c) ? c.ToString() : $"\\u{(int)c:X4}";

    private static string Range(Re2Reader reader, int classStart)
    {
        var start = reader.At;
        var first = Character(reader);
        if (reader.Peek() != '-' || reader.Peek(1) is ']')
        {
            return Literal(first);
        }

        reader.Read();
        if (reader.AtEnd)
        {
            throw reader.Error("missing closing ]", classStart);
        }

        var last = Character(reader);
        return last < first
            ? throw reader.Error("invalid character class range", start)
            : $"{Literal(first)}-{Literal(last)}";
    }

    private static char Character(Re2Reader reader)
    {
        var start = reader.At;
        var c = reader.Skip("\\") ? reader.ReadEscape() : reader.ReadCharacter();
        return c <= char.MaxValue ? (char)c : throw reader.Error("character beyond U+FFFF in a class", start);
    }

    private static string? OfPosix(Re2Reader reader)
    {
        var start = reader.At;
        if (reader.ReadBetween("[:", ":]") is not { } name)
        {
            return null;
        }

        return Posix.TryGetValue(name, out var range) ? range : throw reader.Error("invalid character class range", start);
    }

    private static string OfUnicode(Re2Reader reader, char p)
    {
        var start = reader.At - 2;
        if (reader.AtEnd)
        {
            throw reader.Error("invalid character class range", start);
        }

        var name = reader.Skip("{") ? reader.ReadTo("}") : reader.Read().ToString();
        var negated = name is ['^', ..];
        var category = negated ? name![1..] : name;
        return category is not null && Categories.Contains(category)
            ? $"\\{(negated == (p == 'p') ? 'P' : 'p')}{{{category}}}"
            : throw reader.Error("invalid character class range", start);
    }
}
