using System.Globalization;

namespace Saas.Provisioning.Hcl.Source;

/// <summary>A text with its name in messages, and where its lines begin.</summary>
internal sealed class SourceText
{
    private readonly Lazy<int[]> _lines;

    public SourceText(string name, string text)
    {
        (Name, Text) = (name, text);
        _lines = new Lazy<int[]>(() => LinesOf(text));
    }

    public string Name { get; }

    public string Text { get; }

    /// <summary>Line and column, from 1. A column is a character as people see it, of however many code points.</summary>
    public SourcePosition PositionOf(int offset)
    {
        var lines = _lines.Value;
        var found = Array.BinarySearch(lines, offset);
        var line = found >= 0 ? found : ~found - 1;
        return new SourcePosition(line + 1, ColumnsOf(Text.AsSpan(lines[line], offset - lines[line])) + 1);
    }

    private static int ColumnsOf(ReadOnlySpan<char> text)
    {
        var columns = 0;
        for (; !text.IsEmpty; columns++)
        {
            text = text[StringInfo.GetNextTextElementLength(text)..];
        }

        return columns;
    }

    private static int[] LinesOf(string text)
    {
        var lines = new List<int> { 0 };
        for (var i = text.IndexOf('\n', StringComparison.Ordinal); i >= 0; i = text.IndexOf('\n', i + 1))
        {
            lines.Add(i + 1);
        }

        return [.. lines];
    }
}

internal readonly record struct SourcePosition(int Line, int Column);
