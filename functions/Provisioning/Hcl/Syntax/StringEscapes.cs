using System.Globalization;
using System.Text;
using Saas.Provisioning.Hcl.Source;

namespace Saas.Provisioning.Hcl.Syntax;

/// <summary>The text that literal text of a template stands for.</summary>
internal static class StringEscapes
{
    /// <param name="quoted">A backslash means something in quotes, and nothing in a heredoc.</param>
    /// <exception cref="HclException">There is no such escape.</exception>
    public static string Read(SourceRange range, bool quoted)
    {
        var text = range.Source.Text.AsSpan(range.Start, range.End - range.Start);
        if (text.IndexOfAny('\\', '$', '%') < 0)
        {
            return text.ToString();
        }

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            if (quoted && text[i] == '\\')
            {
                i += Escape(text[i..], range with { Start = range.Start + i }, result);
            }
            else if (text[i] is '$' or '%' && i + 2 < text.Length && text[i + 1] == text[i] && text[i + 2] == '{')
            {
                result.Append(text[i]).Append('{');
                i += 3;
            }
            else
            {
                result.Append(text[i++]);
            }
        }

        return result.ToString();
    }

    /// <returns>How long the escape is.</returns>
    private static int Escape(ReadOnlySpan<char> text, SourceRange range, StringBuilder result)
    {
        switch (text.Length > 1 ? text[1] : '\0')
        {
            case 'n': result.Append('\n'); return 2;
            case 'r': result.Append('\r'); return 2;
            case 't': result.Append('\t'); return 2;
            case '"': result.Append('"'); return 2;
            case '\\': result.Append('\\'); return 2;
            case 'u': return CodePoint(text, 4, range, result);
            case 'U': return CodePoint(text, 8, range, result);
            default:
                throw new HclException(
                    range with { End = Math.Min(range.End, range.Start + 2) }, "Invalid escape sequence", "After a backslash there is one of n r t \" \\ u U.");
        }
    }

    private static int CodePoint(ReadOnlySpan<char> text, int digits, SourceRange range, StringBuilder result)
    {
        var end = Math.Min(text.Length, digits + 2);
        if (end == digits + 2
            && int.TryParse(text[2..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            && Rune.TryCreate(code, out var rune))
        {
            result.Append(rune.ToString());
            return end;
        }

        throw new HclException(
            range with { End = range.Start + end }, "Invalid escape sequence", $"\\{text[1]} is followed by {digits} hexadecimal digits of a character of Unicode.");
    }
}
