using Saas.Provisioning.Hcl.Source;

namespace Saas.Provisioning.Hcl.Syntax;

/// <summary>What a template is made of, in a row, before directives are put together.</summary>
internal abstract record TemplatePart(SourceRange Range);

internal sealed record TextPart(SourceRange Range, string Text) : TemplatePart(Range);

internal sealed record ValuePart(SourceRange Range, Expression Value) : TemplatePart(Range);

internal sealed record IfPart(SourceRange Range, Expression Condition) : TemplatePart(Range);

internal sealed record ForPart(SourceRange Range, string? KeyName, string ValueName, Expression Collection) : TemplatePart(Range);

/// <param name="Word"><c>else</c>, <c>endif</c> or <c>endfor</c>.</param>
internal sealed record WordPart(SourceRange Range, string Word) : TemplatePart(Range);

internal static class FlushHeredoc
{
    /// <summary>
    /// Takes off what all lines are indented by. Only what stands in the text counts, not what is put in; and no blank lines.
    /// </summary>
    public static void Apply(List<TemplatePart> parts)
    {
        var least = int.MaxValue;
        var lineStarts = new List<int>();
        var atLineStart = true;
        for (var i = 0; i < parts.Count; i++)
        {
            if (atLineStart && !(parts[i] is TextPart { Text: var line } && line.EndsWith('\n') && string.IsNullOrWhiteSpace(line)))
            {
                var text = (parts[i] as TextPart)?.Text ?? "";
                least = Math.Min(least, text.Length - text.TrimStart().Length);
                lineStarts.Add(i);
            }

            atLineStart = parts[i] is TextPart part && part.Text.EndsWith('\n');
        }

        foreach (var i in lineStarts)
        {
            if (parts[i] is TextPart part)
            {
                parts[i] = part with { Text = part.Text[least..] };
            }
        }
    }
}
