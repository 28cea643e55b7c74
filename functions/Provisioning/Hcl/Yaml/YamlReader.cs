using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Yaml;

/// <summary>
/// YAML as <c>yamldecode</c> knows it: blocks and flows of mappings and sequences, scalars of all styles. What is refused rather than
/// guessed: anchors, aliases, tags, merge keys, complex keys, several documents, and plain texts of several lines.
/// </summary>
internal sealed class YamlReader
{
    private readonly YamlLines _lines;
    private int _depth;

    private YamlReader(string text) => _lines = new YamlLines(text);

    /// <exception cref="HclValueException">It is not YAML, or not of what is read here.</exception>
    public static HclValue Read(string text)
    {
        var reader = new YamlReader(text);
        reader._lines.SkipDocumentStart();
        var value = reader.Node(0);
        return reader._lines.Find() ? throw reader._lines.Error("text follows where the value has ended, or is indented less than what it belongs to") : value;
    }

    /// <summary>What begins on the next line, if that is indented by at least so much; else null.</summary>
    private HclValue Node(int indent)
    {
        if (!_lines.Find() || _lines.Indent < indent)
        {
            return HclNull.Any;
        }

        if (++_depth > HclLimits.ValueDepth)
        {
            throw _lines.Error($"it nests more than {HclLimits.ValueDepth} deep");
        }

        var value = IsDash(_lines.Content) ? Sequence(_lines.Indent) : KeyLength(_lines.Content) is { } ? Mapping(_lines.Indent) : Inline(indent - 1);
        _depth--;
        return value;
    }

    private static bool IsDash(ReadOnlySpan<char> content) => content is "-" or ['-', ' ', ..];

    private HclSequence Sequence(int indent)
    {
        var elements = new List<HclValue>();
        while (_lines.Find() && _lines.Indent == indent && IsDash(_lines.Content))
        {
            elements.Add(After(1, indent, isEntry: true));
        }

        return HclSequence.Tuple(elements);
    }

    private HclMapping Mapping(int indent)
    {
        var entries = new Dictionary<string, HclValue>(StringComparer.Ordinal);
        while (_lines.Find() && _lines.Indent == indent && !IsDash(_lines.Content) && KeyLength(_lines.Content) is { } length)
        {
            var written = _lines.Content[..length];
            var key = written is ['"' or '\'', ..] ? YamlScalars.Quoted(_lines, _lines.Start, out _) : written.TrimEnd().ToString();
            if (key == "<<" || written is ['?', ' ', ..])
            {
                throw _lines.Error("merge keys and keys that are no text are not read here");
            }

            YamlScalars.CheckPlain(_lines, written);
            if (!entries.TryAdd(key, After(length + 1, indent, isEntry: false)))
            {
                throw _lines.Error($"a mapping has the key \"{key}\" twice");
            }
        }

        return HclMapping.Object(entries);
    }

    /// <summary>The value behind a dash or a colon: on the line, or on those that follow.</summary>
    /// <param name="isEntry">Behind a dash: a mapping or sequence may begin on its line.</param>
    private HclValue After(int characters, int indent, bool isEntry)
    {
        var rest = _lines.Content[characters..].TrimStart(" \t");
        if (rest.IsEmpty || rest[0] == '#')
        {
            _lines.NextLine();

            // A sequence in a mapping may stand as far out as its key.
            return _lines.Find() && !isEntry && _lines.Indent == indent && IsDash(_lines.Content) ? Sequence(indent) : Node(indent + 1);
        }

        _lines.Skip(characters);
        return isEntry ? Node(indent + 1) : Inline(indent);
    }

    /// <summary>A scalar or a flow.</summary>
    /// <param name="indent">Of what it belongs to.</param>
    private HclValue Inline(int indent)
    {
        var content = _lines.Content;
        switch (content[0])
        {
            case '|' or '>':
                return new HclString(YamlScalars.Block(_lines, indent));
            case '"' or '\'' or '[' or '{':
                var value = new YamlFlow(_lines, HclLimits.ValueDepth - _depth).Read(_lines.Start, out var end);
                _lines.GoTo(end);
                return value;
        }

        YamlScalars.CheckPlain(_lines, content);
        var comment = content.IndexOf(" #", StringComparison.Ordinal);
        var plain = (comment < 0 ? content : content[..comment]).TrimEnd().ToString();
        if (plain.Contains(": ", StringComparison.Ordinal) || plain.EndsWith(':'))
        {
            throw _lines.Error("a mapping begins where a text is expected");
        }

        _lines.NextLine();
        return _lines.Find() && _lines.Indent > indent && comment < 0
            ? throw _lines.Error("a text of several lines stands in quotes, or behind | or >")
            : YamlScalars.Resolve(plain, _lines);
    }

    /// <returns>Up to the colon behind a key; null: there is none.</returns>
    private static int? KeyLength(ReadOnlySpan<char> content)
    {
        if (content[0] is '[' or '{')
        {
            return null;
        }

        var from = content[0] is '"' or '\'' ? YamlScalars.ClosingQuote(content) : 0;
        for (var i = from; from >= 0 && i < content.Length; i++)
        {
            if (content[i] == ':' && (i + 1 == content.Length || content[i + 1] is ' ' or '\t'))
            {
                return i;
            }

            if ((content[i] == '#' && i > 0 && content[i - 1] is ' ') || (from > 0 && content[i] is not (' ' or '\t')))
            {
                return null;
            }
        }

        return null;
    }
}
