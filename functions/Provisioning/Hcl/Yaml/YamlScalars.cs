using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Yaml;

/// <summary>Texts of all styles, and what plain ones mean.</summary>
internal static class YamlScalars
{
    private static readonly FrozenDictionary<string, HclValue> Words = Of(HclBool.True, "y Y yes Yes YES true True TRUE on On ON")
        .Concat(Of(HclBool.False, "n N no No NO false False FALSE off Off OFF"))
        .Concat(Of(HclNull.Any, "~ null Null NULL"))
        .ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] Times = ["yyyy-M-d", "yyyy-M-d H:m:s.FFFFFFF", "yyyy-M-d'T'H:m:s.FFFFFFFK", "yyyy-M-d't'H:m:s.FFFFFFFK"];

    /// <summary>A word, a number, an instant (as text of RFC 3339), else the text.</summary>
    public static HclValue Resolve(string plain, YamlLines lines)
    {
        if (Words.TryGetValue(plain, out var word))
        {
            return word;
        }

        if (plain.TrimStart('+', '-').ToLowerInvariant() is ".inf" or ".nan")
        {
            throw lines.Error("infinity and NaN are no numbers here");
        }

        if (plain is not ([>= '0' and <= '9' or '.', ..] or ['+' or '-', _, ..]))
        {
            return new HclString(plain);
        }

        return plain is [_, _, _, _, '-', ..]
            && DateTimeOffset.TryParseExact(plain, Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? new HclString(time.ToString(time.Offset == TimeSpan.Zero ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture))
            : HclNumber.Parse(plain.Replace("_", "", StringComparison.Ordinal)) is { } number ? number : new HclString(plain);
    }

    /// <exception cref="HclValueException">It begins with what means something else.</exception>
    public static void CheckPlain(YamlLines lines, ReadOnlySpan<char> plain)
    {
        if (plain is ['&' or '*' or '!', ..])
        {
            throw lines.Error("anchors, aliases and tags are not read here");
        }

        if (plain is ['%' or '@' or '`' or ',' or ']' or '}', ..] or ['?' or '-' or ':', ' ', ..])
        {
            throw lines.Error($"no text begins with {plain[0]}");
        }
    }

    /// <returns>Behind the quote that closes the first one, on this line; -1: it is on another.</returns>
    public static int ClosingQuote(ReadOnlySpan<char> content)
    {
        for (var i = 1; i < content.Length; i++)
        {
            if (content[i] == '\\' && content[0] == '"')
            {
                i++;
            }
            else if (content[i] == content[0])
            {
                if (content[0] == '"' || i + 1 == content.Length || content[i + 1] != '\'')
                {
                    return i + 1;
                }

                i++;
            }
        }

        return -1;
    }

    /// <param name="start">Offset of the quote.</param>
    /// <param name="end">Offset behind the quote that closes it.</param>
    public static string Quoted(YamlLines lines, int start, out int end)
    {
        var (text, quote) = (lines.Text, lines.Text[start]);
        var result = new StringBuilder();
        for (var at = start + 1; at < text.Length;)
        {
            if (text[at] == quote && quote == '\'' && at + 1 < text.Length && text[at + 1] == '\'')
            {
                result.Append('\'');
                at += 2;
            }
            else if (text[at] == quote)
            {
                end = at + 1;
                return result.ToString();
            }
            else if (text[at] == '\\' && quote == '"')
            {
                at = Escape(lines, at + 1, result);
            }
            else if (text[at] is '\n' or '\r')
            {
                at = Fold(text, at, result);
            }
            else
            {
                result.Append(text[at++]);
            }
        }

        throw lines.Error("a quote has no end");
    }

    /// <summary>The text of a block behind <c>|</c> or <c>&gt;</c>.</summary>
    /// <param name="indent">Of what it belongs to; its lines are further in.</param>
    public static string Block(YamlLines lines, int indent)
    {
        var header = lines.Content.ToString().Split('#')[0].Trim();
        var (isFolded, keep, strip, given) = (header[0] == '>', header.Contains('+', StringComparison.Ordinal), header.Contains('-', StringComparison.Ordinal), 0);
        foreach (var c in header[1..])
        {
            given = c is >= '1' and <= '9' ? c - '0' : c is '+' or '-' ? given : throw lines.Error("behind | and > there are + or -, and a number of blanks");
        }

        var read = new List<string>();
        var least = given > 0 ? Math.Max(0, indent) + given : -1;
        for (lines.NextLine(); lines.Raw() is { } line; lines.NextLine())
        {
            var blanks = line.Length - line.TrimStart(' ').Length;
            var isBlank = blanks == line.Length;
            if (!isBlank && blanks <= indent && least < 0 || !isBlank && least >= 0 && blanks < least)
            {
                break;
            }

            least = least < 0 && !isBlank ? blanks : least;
            read.Add(isBlank && (least < 0 || line.Length <= least) ? "" : line[least..]);
        }

        var last = read.FindLastIndex(line => line.Length > 0) + 1;
        var body = isFolded ? Folded(read[..last]) : string.Join('\n', read[..last]);
        return strip || (last == 0 && !keep) ? body : keep ? body + new string('\n', read.Count - last + (last > 0 ? 1 : 0)) : body + "\n";
    }

    /// <summary>Lines side by side are one, but for blank ones and those that are further in.</summary>
    private static string Folded(List<string> lines)
    {
        var result = new StringBuilder();
        var (blanks, previous) = (0, (string?)null);
        foreach (var line in lines)
        {
            if (line.Length == 0)
            {
                blanks++;
                continue;
            }

            var flows = previous is not null && line[0] is not (' ' or '\t') && previous[0] is not (' ' or '\t');
            result.Append(flows && blanks == 0 ? " " : new string('\n', flows || previous is null ? blanks : blanks + 1)).Append(line);
            (blanks, previous) = (0, line);
        }

        return result.ToString();
    }

    /// <summary>A line end within quotes is a blank, each further one a line end.</summary>
    private static int Fold(string text, int at, StringBuilder result)
    {
        while (result.Length > 0 && result[^1] is ' ' or '\t')
        {
            result.Length--;
        }

        var lineEnds = 0;
        for (; at < text.Length && text[at] is ' ' or '\t' or '\n' or '\r'; at++)
        {
            lineEnds += text[at] == '\n' ? 1 : 0;
        }

        result.Append(lineEnds <= 1 ? " " : new string('\n', lineEnds - 1));
        return at;
    }

    private static int Escape(YamlLines lines, int at, StringBuilder result)
    {
        var text = lines.Text;
        var c = at < text.Length ? text[at] : throw lines.Error("a quote has no end");
        var digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            var end = Math.Min(text.Length, at + 1 + digits);
            result.Append(int.TryParse(text.AsSpan((at + 1)..end), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && Rune.TryCreate(code, out var rune)
                ? rune.ToString()
                : throw lines.Error($"\\{c} is followed by {digits} hexadecimal digits of a character"));
            return end;
        }

        result.Append(c switch
        {
            'n' => '\n', 't' or '\t' => '\t', 'r' => '\r', '0' => '\0', 'a' => '\a', 'b' => '\b', 'e' => '\e', 'f' => '\f', 'v' => '\v',
            '"' or '\\' or '/' or ' ' => c,
            _ => throw lines.Error($"there is no escape \\{c}"),
        });
        return at + 1;
    }

    private static IEnumerable<KeyValuePair<string, HclValue>> Of(HclValue value, string words) => words.Split(' ').Select(word => KeyValuePair.Create(word, value));
}
