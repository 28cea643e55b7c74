namespace Saas.Provisioning.Hcl.Source;

/// <summary>A part of a text.</summary>
/// <param name="Start">Offset of the first character.</param>
/// <param name="End">Offset behind the last.</param>
internal readonly record struct SourceRange(SourceText Source, int Start, int End)
{
    public string Text => Source.Text[Start..End];

    public SourceRange To(SourceRange last) => this with { End = Math.Max(End, last.End) };

    /// <summary>As HCL writes it: <c>file:line,column-column</c>, or <c>file:line,column-line,column</c> over several lines.</summary>
    public override string ToString()
    {
        var (start, end) = (Source.PositionOf(Start), Source.PositionOf(End));
        return start.Line == end.Line
            ? $"{Source.Name}:{start.Line},{start.Column}-{end.Column}"
            : $"{Source.Name}:{start.Line},{start.Column}-{end.Line},{end.Column}";
    }
}
