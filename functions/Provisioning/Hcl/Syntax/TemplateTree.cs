using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Syntax;

/// <summary>Puts the directives of a template together: <c>if</c> with <c>else</c> and <c>endif</c>, <c>for</c> with <c>endfor</c>.</summary>
internal sealed class TemplateTree(List<TemplatePart> parts)
{
    private int _next;
    private int _depth;

    /// <exception cref="HclException">A directive stands alone.</exception>
    public List<Expression> Read()
    {
        var (expressions, end) = ReadUntil();
        return end is null
            ? expressions
            : throw new HclException(end.Range, $"Unexpected {end.Word} directive", "There is no directive here that this could belong to.");
    }

    /// <returns>What comes before the next word that ends or parts a directive, and that word; null: the template's end.</returns>
    private (List<Expression> Parts, WordPart? End) ReadUntil()
    {
        var read = new List<Expression>();
        while (_next < parts.Count)
        {
            var part = parts[_next++];
            switch (part)
            {
                case TextPart text:
                    read.Add(new LiteralExpression(text.Range, new HclString(text.Text)));
                    break;
                case ValuePart value:
                    read.Add(value.Value);
                    break;
                case IfPart condition:
                    read.Add(If(condition));
                    break;
                case ForPart loop:
                    read.Add(For(loop));
                    break;
                case WordPart word:
                    return (read, word);
            }
        }

        return (read, null);
    }

    private Expression If(IfPart open)
    {
        var (whenTrue, end) = Inner(open.Range, "if");
        var whenFalse = new List<Expression>();
        if (end.Word == "else")
        {
            (whenFalse, end) = Inner(open.Range, "if");
        }

        if (end.Word != "endif")
        {
            throw new HclException(end.Range, $"Unexpected {end.Word} directive", $"The if directive at {open.Range} ends with an endif directive.");
        }

        var range = open.Range.To(end.Range);
        var (yes, no) = (Template(range, whenTrue), Template(range, whenFalse));
        return new ConditionalExpression(range, open.Condition, yes, no).Over(open.Condition, yes, no);
    }

    private Expression For(ForPart open)
    {
        var (content, end) = Inner(open.Range, "for");
        if (end.Word != "endfor")
        {
            throw new HclException(end.Range, $"Unexpected {end.Word} directive", $"The for directive at {open.Range} ends with an endfor directive.");
        }

        var range = open.Range.To(end.Range);
        var each = Template(range, content);
        var loop = (ForExpression)new ForExpression(range, open.KeyName, open.ValueName, open.Collection, null, each, null, false).Over(open.Collection, each);
        return new JoinExpression(range, loop).Over(loop);
    }

    private (List<Expression> Parts, WordPart End) Inner(SourceRange open, string word)
    {
        if (++_depth > HclLimits.Nesting)
        {
            throw new HclLimitException(open, $"Directives nest more than {HclLimits.Nesting} deep.");
        }

        var (read, end) = ReadUntil();
        _depth--;
        return end is null
            ? throw new HclException(open, "Unexpected end of template", $"The {word} directive at {open} is missing its corresponding end{word} directive.")
            : (read, end);
    }

    /// <summary>Text in any case, also of a single value.</summary>
    private static Expression Template(SourceRange range, List<Expression> parts) => parts is []
        ? new LiteralExpression(range, HclString.Empty)
        : new TemplateExpression(range, parts).Over([.. parts]);
}
