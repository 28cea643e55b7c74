using System.Text;
using Saas.Discovery.Filter.Patterns;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Functions;

/// <summary><c>regex_replace</c>, with RE2's patterns and Go's replacements: <c>$1</c> and <c>${1}</c> are groups, <c>$$</c> is a dollar sign.</summary>
internal static class RegexReplacement
{
    /// <summary>Of a step of a pattern through a text, against other work.</summary>
    private const int UnitsPerCharacter = 8;

    /// <summary>Of making a pattern ready.</summary>
    private const int PatternUnits = 1 << 15;

    public static HclString Apply(FunctionCall call)
    {
        var (text, replacement) = (call.Text(0), call.Text(2));
        call.Budget.Spend(PatternUnits + ((long)UnitsPerCharacter * text.Length));
        try
        {
            var pattern = Re2Pattern.CompileCapturing(call.Text(1));
            return new HclString(pattern.Replace(text, groups =>
            {
                var part = Expand(replacement, groups);
                call.Budget.Spend(part.Length + 1);
                return part;
            }));
        }
        catch (Re2SyntaxException error)
        {
            throw new HclValueException($"invalid regular expression: {error.Message}");
        }
    }

    private static string Expand(string replacement, IReadOnlyList<string> groups)
    {
        var result = new StringBuilder();
        for (var i = 0; i < replacement.Length;)
        {
            if (replacement[i] != '$')
            {
                result.Append(replacement[i++]);
                continue;
            }

            var name = NameAt(replacement, i + 1);
            if (name.Length == 0)
            {
                result.Append('$');
                i += i + 1 < replacement.Length && replacement[i + 1] == '$' ? 2 : 1;
                continue;
            }

            result.Append(GroupOf(name.Trim('{', '}'), groups));
            i += 1 + name.Length;
        }

        return result.ToString();
    }

    /// <summary>A name as long as it can be, or one in braces; nothing where there is none.</summary>
    private static string NameAt(string text, int at)
    {
        if (at < text.Length && text[at] == '{')
        {
            var end = text.IndexOf('}', at);
            return end > at + 1 ? text[at..(end + 1)] : "";
        }

        var length = 0;
        while (at + length < text.Length && (char.IsLetterOrDigit(text[at + length]) || text[at + length] == '_'))
        {
            length++;
        }

        return text.Substring(at, length);
    }

    private static string GroupOf(string name, IReadOnlyList<string> groups) => int.TryParse(name, out var number)
        ? number >= 0 && number < groups.Count ? groups[number] : ""
        : throw new HclValueException($"groups are named by number in a replacement; ${name} is none (write ${{1}}x where a letter follows)");
}
