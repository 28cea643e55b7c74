using System.Text;

namespace Saas.Contracts.Jobs;

/// <summary>What a template has that cannot be rendered, for the one who wrote it.</summary>
public sealed class TemplateException(string message) : Exception(message);

/// <summary>
/// A template of the part of Go's language (https://pkg.go.dev/text/template) that needs nothing but the task's environment:
/// text, comments, <c>env "NAME"</c> and strings, with trim markers. Immutable.
/// </summary>
public sealed class TemplateText
{
    private const string DefaultLeft = "{{";
    private const string DefaultRight = "}}";
    private const int MaxNameShown = 64;

    private readonly List<Part> _parts = [];

    private TemplateText()
    {
    }

    /// <param name="left">Null and empty: Go's.</param>
    /// <exception cref="TemplateException">Not a template, or one that asks for more.</exception>
    public static TemplateText Parse(string text, string? left = null, string? right = null)
    {
        (left, right) = (string.IsNullOrEmpty(left) ? DefaultLeft : left, string.IsNullOrEmpty(right) ? DefaultRight : right);
        var (template, at, trims) = (new TemplateText(), 0, false);
        while (true)
        {
            var begin = text.IndexOf(left, at, StringComparison.Ordinal);
            var literal = text[at..(begin < 0 ? text.Length : begin)];
            var trimsLeft = begin >= 0 && text.AsSpan(begin + left.Length) is ['-', ' ' or '\t' or '\r' or '\n', ..];
            literal = trims ? literal.TrimStart(' ', '\t', '\r', '\n') : literal;
            template.Add(new Part(trimsLeft ? literal.TrimEnd(' ', '\t', '\r', '\n') : literal, IsVariable: false));
            if (begin < 0)
            {
                return template;
            }

            var inside = begin + left.Length + (trimsLeft ? 1 : 0);
            var action = new Action(text, inside, right);
            template.Add(action.Read());
            (at, trims) = (action.End, action.TrimsRight);
        }
    }

    /// <param name="valueOf">Null: there is no such variable, which is the empty text.</param>
    /// <param name="maxLength">In characters.</param>
    /// <exception cref="TemplateException">It would become longer.</exception>
    public string Render(Func<string, string?> valueOf, int maxLength)
    {
        var rendered = new StringBuilder();
        foreach (var part in _parts)
        {
            rendered.Append(part.IsVariable ? valueOf(part.Text) : part.Text);
            if (rendered.Length > maxLength)
            {
                throw new TemplateException($"It renders to more than {maxLength} characters.");
            }
        }

        return rendered.ToString();
    }

    private void Add(Part? part)
    {
        if (part is { Text.Length: > 0 })
        {
            _parts.Add(part);
        }
    }

    /// <param name="IsVariable">The text is the name of one.</param>
    private sealed record Part(string Text, bool IsVariable);

    /// <summary>Between two delimiters.</summary>
    private sealed class Action(string text, int begin, string right)
    {
        private int _at = begin;

        public int End { get; private set; }

        public bool TrimsRight { get; private set; }

        /// <returns>Null: a comment.</returns>
        public Part? Read()
        {
            SkipSpace();
            if (text.AsSpan(_at).StartsWith("/*"))
            {
                var end = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                _at = end < 0 ? throw Fault("a comment that does not end") : end + 2;
                Close();
                return null;
            }

            var word = Word();
            if (word.Length > 0 && word != "env")
            {
                throw Fault(word[0] is '.' or '$' ? $"{Shown(word)}, which has no value here"
                    : $"the function or keyword {Shown(word)}, which this platform does not render: only env and text");
            }

            var isVariable = word == "env";
            SkipSpace();
            if (isVariable && (_at >= text.Length || text[_at] is not ('"' or '`')))
            {
                throw Fault("env without a name in quotes");
            }

            var value = String();
            Close();
            return new Part(value, isVariable);
        }

        private string Word()
        {
            var from = _at;
            while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_' or '.' or '$'))
            {
                _at++;
            }

            return text[from.._at];
        }

        private string String()
        {
            var quote = _at < text.Length ? text[_at] : '\0';
            if (quote is not ('"' or '`'))
            {
                throw Fault("something that is neither text, a comment nor env \"NAME\"");
            }

            var value = new StringBuilder();
            for (_at++; _at < text.Length && text[_at] != quote && (quote == '`' || text[_at] != '\n'); _at++)
            {
                value.Append(quote == '"' && text[_at] == '\\' ? Escape() : text[_at]);
            }

            return _at < text.Length && text[_at] == quote ? _at++ >= 0 ? value.ToString() : "" : throw Fault("a string that does not end");
        }

        private char Escape() => ++_at < text.Length ? text[_at] switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '\\' => '\\',
            '"' => '"',
            _ => throw Fault($"an escape in a string other than \\n, \\t, \\r, \\\\ and \\\""),
        } : throw Fault("a string that does not end");

        private void Close()
        {
            var before = _at;
            SkipSpace();
            if (_at > before && _at < text.Length && text[_at] == '-' && text.AsSpan(_at + 1).StartsWith(right))
            {
                (_at, TrimsRight) = (_at + 1, true);
            }

            End = text.AsSpan(_at).StartsWith(right) ? _at + right.Length
                : _at >= text.Length ? throw Fault("an action that does not end")
                : throw Fault(text[_at] == '|' ? "a pipeline, which this platform does not render: only env and text" : "more than env \"NAME\" or a string in one action");
        }

        private void SkipSpace()
        {
            while (_at < text.Length && text[_at] is ' ' or '\t' or '\r' or '\n')
            {
                _at++;
            }
        }

        private static string Shown(string word) => $"\"{(word.Length > MaxNameShown ? word[..MaxNameShown] : word)}\"";

        private TemplateException Fault(string what) => new($"Line {1 + text.AsSpan(0, Math.Min(_at, text.Length)).Count('\n')} has {what}.");
    }
}
