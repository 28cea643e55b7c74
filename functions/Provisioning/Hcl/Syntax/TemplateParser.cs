using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Syntax;

/// <summary>Templates: first what they are made of in a row, then the tree of their directives.</summary>
internal sealed partial class ExpressionParser
{
    private Expression Template(Token open, TokenKind end)
    {
        var parts = Parts(open, end, out var close);
        var range = tokens.RangeOf(open).To(tokens.RangeOf(close));
        if (open.Kind == TokenKind.OpenFlushHeredoc)
        {
            FlushHeredoc.Apply(parts);
        }

        Meld(parts);
        return parts switch
        {
            [] => new LiteralExpression(range, HclString.Empty),
            [TextPart only] => new LiteralExpression(range, new HclString(only.Text)),
            [ValuePart only] => new WrapExpression(range, only.Value).Over(only.Value),
            _ => Over(range, new TemplateTree(parts).Read()),
        };
    }

    private static Expression Over(SourceRange range, List<Expression> parts) => new TemplateExpression(range, parts).Over([.. parts]);

    private List<TemplatePart> Parts(Token open, TokenKind end, out Token close)
    {
        var parts = new List<TemplatePart>();
        var trimNext = false;
        while (true)
        {
            var token = tokens.Read();
            if (token.Kind == end)
            {
                close = token;
                return parts;
            }

            if (token.Kind is TokenKind.QuotedText or TokenKind.HeredocText)
            {
                var text = StringEscapes.Read(tokens.RangeOf(token), token.Kind == TokenKind.QuotedText);
                parts.Add(new TextPart(tokens.RangeOf(token), trimNext ? text.TrimStart() : text));
                trimNext = false;
                continue;
            }

            if (token.Kind is not (TokenKind.OpenInterpolation or TokenKind.OpenDirective))
            {
                throw tokens.Error(open, "Unterminated template string", "No closing marker was found for the string.");
            }

            if (tokens.Span(token) is [.., '~'] && !trimNext && parts is [.., TextPart before])
            {
                parts[^1] = before with { Text = before.Text.TrimEnd() };
            }

            parts.Add(Sequence(token, out trimNext));
        }
    }

    private TemplatePart Sequence(Token open, out bool trimsNext)
    {
        tokens.PushNewlines(matter: false);
        var part = open.Kind == TokenKind.OpenInterpolation
            ? new ValuePart(default, Expression())
            : Directive();
        var close = tokens.Read();
        tokens.PopNewlines();
        if (close.Kind != TokenKind.CloseSequence)
        {
            throw open.Kind == TokenKind.OpenInterpolation
                ? tokens.Error(close, "Extra characters after interpolation expression", "A closing brace is expected here. Text with ${ that is not meant to be a sequence is written $${.")
                : tokens.Error(close, "Extra characters in template directive", "A closing brace is expected here.");
        }

        trimsNext = tokens.Span(close)[0] == '~';
        return part with { Range = tokens.RangeOf(open).To(tokens.RangeOf(close)) };
    }

    private TemplatePart Directive()
    {
        var word = tokens.Read();
        if (word.Kind != TokenKind.Identifier)
        {
            throw tokens.Error(word, "Invalid template directive", "A directive begins with one of if, else, endif, for, endfor.");
        }

        switch (tokens.Text(word))
        {
            case "if":
                return new IfPart(default, Expression());
            case "for":
                var (key, value) = ForNames("'for' directive");
                return new ForPart(default, key, value, Expression());
            case "else" or "endif" or "endfor":
                return new WordPart(default, tokens.Text(word));
            default:
                throw tokens.Error(word, "Invalid template control keyword", "A directive begins with one of if, else, endif, for, endfor.");
        }
    }

    /// <summary>Texts side by side become one; of a heredoc each line is one at first.</summary>
    private static void Meld(List<TemplatePart> parts)
    {
        var kept = 0;
        for (var i = 0; i < parts.Count;)
        {
            if (parts[i] is not TextPart first)
            {
                parts[kept++] = parts[i++];
                continue;
            }

            var last = i + 1;
            while (last < parts.Count && parts[last] is TextPart)
            {
                last++;
            }

            var text = last == i + 1 ? first.Text : string.Concat(parts.Skip(i).Take(last - i).Cast<TextPart>().Select(part => part.Text));
            parts[kept++] = new TextPart(first.Range.To(parts[last - 1].Range), text);
            i = last;
        }

        parts.RemoveRange(kept, parts.Count - kept);
    }
}
