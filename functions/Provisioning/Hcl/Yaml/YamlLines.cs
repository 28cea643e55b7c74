using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Yaml;

/// <summary>The lines of a YAML text, and the one that is read next. What stands behind a dash is a line of its own, further in.</summary>
internal sealed class YamlLines
{
    private readonly List<(int Start, int End)> _lines = [];
    private int _next;
    private int _shift;

    public YamlLines(string text)
    {
        Text = text;
        for (var start = 0; start < text.Length;)
        {
            var newline = text.IndexOf('\n', start);
            var end = newline < 0 ? text.Length : newline;
            _lines.Add((start, end > start && text[end - 1] == '\r' ? end - 1 : end));
            start = end + 1;
        }
    }

    public string Text { get; }

    /// <summary>Where the line's text begins, behind what was read of it.</summary>
    public int Start => _lines[_next].Start + Indent;

    /// <summary>Blanks before the line's text.</summary>
    public int Indent { get; private set; }

    public ReadOnlySpan<char> Content => Text.AsSpan(Start, _lines[_next].End - Start);

    /// <summary>For messages, from 1.</summary>
    public int Number => Math.Min(_next, _lines.Count - 1) + 1;

    /// <summary>Goes on to a line that says something; where one is at its begin already, to this one.</summary>
    /// <returns>False: there is none, or the text ends with <c>...</c>.</returns>
    /// <exception cref="HclValueException">It is indented by a tab, or a further document begins.</exception>
    public bool Find()
    {
        for (; _next < _lines.Count; _next++, _shift = 0)
        {
            var (start, end) = _lines[_next];
            var line = Text.AsSpan(start, end - start);
            Indent = _shift + line[_shift..].IndexOfAnyExcept(' ');
            if (Indent < _shift)
            {
                continue;
            }

            if (line[Indent] == '\t' && !line[Indent..].Trim().IsEmpty)
            {
                throw Error("tabs do not indent");
            }

            if (line is "...")
            {
                return false;
            }

            if (line is "---" or ['-', '-', '-', ' ', ..] && _shift == 0)
            {
                throw Error("one document is read, without a line --- within it");
            }

            if (line[Indent] is not ('#' or '\t'))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A first line <c>---</c> says nothing.</summary>
    public void SkipDocumentStart()
    {
        for (var i = 0; i < _lines.Count; i++)
        {
            var line = Text.AsSpan(_lines[i].Start, _lines[i].End - _lines[i].Start).TrimEnd();
            if (line is "---")
            {
                _next = i + 1;
                return;
            }

            if (!line.IsEmpty && line[0] != '#')
            {
                return;
            }
        }
    }

    /// <summary>Behind the first characters of the line's text, and the blanks after them.</summary>
    public void Skip(int characters)
    {
        var line = Content[characters..];
        _shift = Indent + characters + (line.Length - line.TrimStart(' ').Length);
        Indent = _shift;
    }

    public void NextLine() => (_next, _shift) = (_next + 1, 0);

    /// <summary>Goes on behind an offset, where its line has nothing more.</summary>
    /// <exception cref="HclValueException">It has.</exception>
    public void GoTo(int offset)
    {
        while (_next < _lines.Count - 1 && _lines[_next + 1].Start <= offset)
        {
            _next++;
        }

        var rest = Text.AsSpan(offset, Math.Max(0, _lines[_next].End - offset));
        if (!rest.TrimStart(" \t").IsEmpty && rest.TrimStart(" \t") is not ['#', ..])
        {
            throw Error("text follows where a value has ended");
        }

        NextLine();
    }

    /// <summary>The next line as it stands, for texts of several lines; null: there is none.</summary>
    public string? Raw() => _next < _lines.Count ? Text[_lines[_next].Start.._lines[_next].End] : null;

    public HclValueException Error(string detail) => new($"invalid YAML in line {Number}: {detail}");
}
