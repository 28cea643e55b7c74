using System.Text;

namespace Saas.EdgeAgent.TaskFiles;

/// <summary>
/// Lines of <c>NAME=value</c>, as templates with <c>env = true</c> render them: comments and empty lines, <c>export</c>
/// before a name, values bare, in single quotes as they are, or in double quotes with escapes.
/// </summary>
internal static class DotEnv
{
    /// <exception cref="FormatException">A line is none of these; says which.</exception>
    public static IEnumerable<KeyValuePair<string, string>> Parse(string text)
    {
        foreach (var (index, raw) in text.Split('\n').Index())
        {
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            line = line.StartsWith("export ", StringComparison.Ordinal) ? line[7..].TrimStart() : line;
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : line[..equals].TrimEnd();
            if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-'))
            {
                throw new FormatException($"line {index + 1} is not NAME=value");
            }

            yield return KeyValuePair.Create(name, Value(line[(equals + 1)..].TrimStart(), index + 1));
        }
    }

    private static string Value(string text, int line)
    {
        if (text.Length == 0 || text[0] is not ('"' or '\''))
        {
            var comment = text.IndexOf(" #", StringComparison.Ordinal);
            return (comment < 0 ? text : text[..comment]).TrimEnd();
        }

        var (value, at) = (new StringBuilder(), 1);
        for (; at < text.Length && text[at] != text[0]; at++)
        {
            value.Append(text[0] == '"' && text[at] == '\\' && at + 1 < text.Length ? Escaped(text[++at]) : text[at]);
        }

        var rest = at < text.Length ? text[(at + 1)..].TrimStart() : "no end";
        return rest.Length == 0 || rest[0] == '#' ? value.ToString() : throw new FormatException($"line {line} has a value whose quotes do not end it");
    }

    private static char Escaped(char c) => c switch { 'n' => '\n', 't' => '\t', 'r' => '\r', _ => c };
}
