using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Yaml;

/// <summary>Values in brackets and braces, over as many lines as they take; JSON is among them.</summary>
/// <param name="depth">How much deeper they may nest.</param>
internal sealed class YamlFlow(YamlLines lines, int depth)
{
    private readonly string _text = lines.Text;
    private int _depth;
    private int _at;

    /// <param name="start">Offset of its first character.</param>
    /// <param name="end">Offset behind its last.</param>
    public HclValue Read(int start, out int end)
    {
        _at = start;
        var value = Value();
        end = _at;
        return value;
    }

    private HclValue Value()
    {
        if (++_depth > depth)
        {
            throw lines.Error($"it nests more than {HclLimits.ValueDepth} deep");
        }

        SkipBlanks();
        var value = Peek() switch
        {
            '[' => Sequence(),
            '{' => Mapping(),
            '"' or '\'' => new HclString(Quoted()),
            _ => YamlScalars.Resolve(Plain(), lines),
        };
        _depth--;
        return value;
    }

    private HclSequence Sequence()
    {
        var elements = new List<HclValue>();
        for (_at++, SkipBlanks(); Peek() != ']'; SkipBlanks())
        {
            elements.Add(Value());
            Separator(']');
        }

        _at++;
        return HclSequence.Tuple(elements);
    }

    private HclMapping Mapping()
    {
        var entries = new Dictionary<string, HclValue>(StringComparer.Ordinal);
        for (_at++, SkipBlanks(); Peek() != '}'; SkipBlanks())
        {
            var key = Peek() is '"' or '\'' ? Quoted() : Plain();
            SkipBlanks();
            if (Peek() != ':')
            {
                throw lines.Error("a key and a colon are expected between braces");
            }

            _at++;
            SkipBlanks();
            if (!entries.TryAdd(key, Peek() is ',' or '}' ? HclNull.Any : Value()))
            {
                throw lines.Error($"a mapping has the key \"{key}\" twice");
            }

            Separator('}');
        }

        _at++;
        return HclMapping.Object(entries);
    }

    private void Separator(char end)
    {
        SkipBlanks();
        if (Peek() == ',')
        {
            _at++;
        }
        else if (Peek() != end)
        {
            throw lines.Error($"a comma or {end} is expected");
        }
    }

    private string Quoted()
    {
        var text = YamlScalars.Quoted(lines, _at, out var end);
        _at = end;
        return text;
    }

    private string Plain()
    {
        var start = _at;
        YamlScalars.CheckPlain(lines, _text.AsSpan(_at, Math.Min(2, _text.Length - _at)));
        while (_at < _text.Length && _text[_at] is not (',' or '[' or ']' or '{' or '}' or '\n' or '\r')
            && !(_text[_at] == ':' && (_at + 1 == _text.Length || _text[_at + 1] is ' ' or ',' or ']' or '}' or '\n' or '\r'))
            && !(_text[_at] == '#' && _at > start && _text[_at - 1] == ' '))
        {
            _at++;
        }

        return _at > start ? _text[start.._at].Trim() : throw lines.Error("a value is expected");
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length)
        {
            if (_text[_at] == '#' && _at > 0 && _text[_at - 1] is ' ' or '\n' or '\t')
            {
                var newline = _text.IndexOf('\n', _at);
                _at = newline < 0 ? _text.Length : newline;
            }
            else if (_text[_at] is ' ' or '\t' or '\n' or '\r')
            {
                _at++;
            }
            else
            {
                return;
            }
        }
    }

    private char Peek() => _at < _text.Length ? _text[_at] : throw lines.Error("the text ends within brackets or braces");
}
