using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Syntax;

/// <summary>What is read of a term: attributes, indexes and splats.</summary>
internal sealed partial class ExpressionParser
{
    private Expression Traversals(Expression from)
    {
        while (true)
        {
            switch (tokens.PeekKind())
            {
                case TokenKind.Dot:
                    from = AfterDot(from, tokens.Read());
                    break;
                case TokenKind.OpenBracket:
                    from = AfterBracket(from, tokens.Read());
                    break;
                default:
                    return from;
            }
        }
    }

    private Expression AfterDot(Expression from, Token dot) => tokens.PeekKind() == TokenKind.Star
        ? AttributeSplat(from, tokens.RangeOf(dot).To(tokens.RangeOf(tokens.Read())))
        : With(from, DotStep(dot));

    /// <summary><c>.name</c>, or the old <c>.0</c> for <c>[0]</c>.</summary>
    private TraversalStep DotStep(Token dot)
    {
        var token = tokens.Read();
        var range = tokens.RangeOf(dot).To(tokens.RangeOf(token));
        return token.Kind switch
        {
            TokenKind.Identifier => new AttributeStep(range, tokens.Text(token)),
            TokenKind.Number when !tokens.Span(token).Contains('.') => new IndexStep(range, Number(token)),
            TokenKind.Number => throw tokens.Error(token, "Invalid legacy index syntax", "Two indexes in a row are written in brackets, like [0][1]."),
            _ => throw tokens.Error(token, "Invalid attribute name", "An attribute name is required after a dot."),
        };
    }

    private Expression AttributeSplat(Expression from, SourceRange marker)
    {
        var element = new ElementExpression(marker);
        Expression each = element;
        while (tokens.PeekKind() == TokenKind.Dot)
        {
            var dot = tokens.Read();
            each = tokens.PeekKind() == TokenKind.Star
                ? throw tokens.Error(tokens.Peek(), "Nested splat expression not allowed", "Within .* there is no second one; write [*].")
                : With(each, DotStep(dot));
        }

        return new SplatExpression(from.Range.To(each.Range), from, each, element).Over(from, each);
    }

    private Expression AfterBracket(Expression from, Token open)
    {
        tokens.PushNewlines(matter: false);
        if (tokens.TryRead(TokenKind.Star))
        {
            var end = CloseBracket("splat index");
            tokens.PopNewlines();
            return FullSplat(from, tokens.RangeOf(open).To(end));
        }

        var key = Expression();
        var range = tokens.RangeOf(open).To(CloseBracket("index"));
        tokens.PopNewlines();
        return key is LiteralExpression { Value: HclString or HclNumber } literal
            ? With(from, new IndexStep(range, literal.Value))
            : new IndexExpression(from.Range.To(range), from, key, range).Over(from, key);
    }

    private SourceRange CloseBracket(string what)
    {
        var close = tokens.Read();
        return close.Kind == TokenKind.CloseBracket
            ? tokens.RangeOf(close)
            : throw tokens.Error(close, $"Missing close bracket on {what}", "A closing bracket (\"]\") is expected here.");
    }

    /// <summary>What follows <c>[*]</c> is done with each element.</summary>
    private Expression FullSplat(Expression from, SourceRange marker)
    {
        var element = new ElementExpression(marker);
        if (++_depth > HclLimits.Nesting)
        {
            throw new HclLimitException(marker, $"Expressions nest more than {HclLimits.Nesting} deep.");
        }

        var each = Traversals(element);
        _depth--;
        return new SplatExpression(from.Range.To(each.Range), from, each, element).Over(from, each);
    }

    /// <summary>Fixed steps make one node, however many they are: a chain of them is no nesting.</summary>
    private static Expression With(Expression from, TraversalStep step) => from switch
    {
        ReferenceExpression reference => reference with { Range = reference.Range.To(step.Range), Steps = Append(reference.Steps, step) },
        TraversalExpression traversal => traversal with { Range = traversal.Range.To(step.Range), Steps = Append(traversal.Steps, step) },
        _ => new TraversalExpression(from.Range.To(step.Range), from, new List<TraversalStep> { step }).Over(from),
    };

    /// <summary>Steps that are being read belong to the one expression that has them.</summary>
    private static List<TraversalStep> Append(IReadOnlyList<TraversalStep> steps, TraversalStep step)
    {
        var list = steps as List<TraversalStep> ?? [];
        list.Add(step);
        return list;
    }
}
