using System.Globalization;
using System.Text;

namespace Saas.Registry.Queries;

/// <summary>What a template does not understand, for the one who wrote it.</summary>
internal sealed class TemplateException(string message) : Exception(message);

/// <summary>What a template's texts may refer to.</summary>
/// <param name="Full">The name that was asked for.</param>
/// <param name="Prefix">The template's own.</param>
/// <param name="Matches">Of the template's regular expression: the whole match, then its groups; empty where it did not match.</param>
internal sealed record TemplateScope(string Full, string Prefix, IReadOnlyList<string> Matches)
{
    public string Suffix => Full.StartsWith(Prefix, StringComparison.Ordinal) ? Full[Prefix.Length..] : Full;
}

/// <summary>
/// A text with <c>${…}</c> in it: <c>name.full</c>, <c>name.prefix</c>, <c>name.suffix</c>, <c>agent.segment</c> (of which
/// there are none), <c>match(1)</c>, a number, or a <c>"text"</c>; <c>$${</c> is <c>${</c> itself. Of HashiCorp's
/// interpolation language that is what templates are documented to use; arithmetic and the like are refused.
/// </summary>
internal sealed class TemplateText
{
    private readonly List<Func<TemplateScope, string>> _parts = [];

    /// <exception cref="TemplateException">It is none.</exception>
    public TemplateText(string text)
    {
        var literal = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var rest = text.AsSpan(at);
            if (rest.StartsWith("$${"))
            {
                literal.Append("${");
                at += 3;
            }
            else if (rest.StartsWith("${"))
            {
                Add(literal);
                var end = EndOf(text, at + 2);
                _parts.Add(Expression(text[(at + 2)..end].Trim(), at + 3));
                at = end + 1;
            }
            else
            {
                literal.Append(text[at++]);
            }
        }

        Add(literal);
    }

    public string Render(TemplateScope scope) => string.Concat(_parts.Select(part => part(scope)));

    private void Add(StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            var text = literal.ToString();
            _parts.Add(_ => text);
            literal.Clear();
        }
    }

    /// <summary>The closing brace, which is not in quotes.</summary>
    private static int EndOf(string text, int start)
    {
        var isQuoted = false;
        for (var at = start; at < text.Length; at++)
        {
            if (text[at] == '\\' && isQuoted)
            {
                at++;
            }
            else if (text[at] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (text[at] == '}' && !isQuoted)
            {
                return at;
            }
        }

        throw new TemplateException($"At column {start - 1}, line 1: expected a closing }}");
    }

    private static Func<TemplateScope, string> Expression(string expression, int column)
    {
        if (expression is ['"', .. var quoted, '"'])
        {
            var text = Unescaped(quoted);
            return _ => text;
        }

        if (expression.Length > 0 && expression.All(char.IsAsciiDigit))
        {
            return _ => expression;
        }

        var open = expression.IndexOf('(', StringComparison.Ordinal);
        return open < 0 || !expression.EndsWith(')') ? Variable(expression, column) : Call(expression[..open].Trim(), expression[(open + 1)..^1].Trim(), column);
    }

    private static Func<TemplateScope, string> Variable(string name, int column) => name switch
    {
        "name.full" => static scope => scope.Full,
        "name.prefix" => static scope => scope.Prefix,
        "name.suffix" => static scope => scope.Suffix,
        "agent.segment" => static _ => "",
        _ => throw new TemplateException($"At column {column}, line 1: unknown variable accessed: {name}"),
    };

    /// <summary>Of a group that is not there the match is empty.</summary>
    private static Func<TemplateScope, string> Call(string function, string argument, int column)
    {
        if (function != "match")
        {
            throw new TemplateException($"At column {column}, line 1: unknown function called: {function}");
        }

        return int.TryParse(argument, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var group)
            ? scope => group >= 0 && group < scope.Matches.Count ? scope.Matches[group] : ""
            : throw new TemplateException($"At column {column}, line 1: match: argument 1 should be type int");
    }

    private static string Unescaped(string quoted)
    {
        var text = new StringBuilder();
        for (var at = 0; at < quoted.Length; at++)
        {
            text.Append(quoted[at] == '\\' && at + 1 < quoted.Length
                ? quoted[++at] switch { 'n' => '\n', var other => other }
                : quoted[at]);
        }

        return text.ToString();
    }
}
