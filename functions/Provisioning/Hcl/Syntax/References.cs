namespace Saas.Provisioning.Hcl.Syntax;

/// <summary>Which names of its surroundings an expression refers to; not those that it gives itself, as a for expression does.</summary>
internal static class References
{
    public static IReadOnlyList<ReferenceExpression> Of(Expression expression)
    {
        var found = new List<ReferenceExpression>();
        Walk(expression, [], found);
        return found;
    }

    private static void Walk(Expression expression, IReadOnlyCollection<string> own, List<ReferenceExpression> found)
    {
        switch (expression)
        {
            case ReferenceExpression reference when !own.Contains(reference.Root):
                found.Add(reference);
                break;
            case ForExpression loop:
                Walk(loop.Collection, own, found);
                IReadOnlyCollection<string> inner = loop.KeyName is null ? [.. own, loop.ValueName] : [.. own, loop.KeyName, loop.ValueName];
                foreach (var part in (Expression?[])[loop.Key, loop.Value, loop.Condition])
                {
                    WalkSome(part, inner, found);
                }

                break;
            case ObjectExpression entries:
                foreach (var item in entries.Items)
                {
                    WalkSome(item.Key is ReferenceExpression ? null : item.Key, own, found);
                    Walk(item.Value, own, found);
                }

                break;
            default:
                foreach (var part in PartsOf(expression))
                {
                    Walk(part, own, found);
                }

                break;
        }
    }

    private static void WalkSome(Expression? expression, IReadOnlyCollection<string> own, List<ReferenceExpression> found)
    {
        if (expression is not null)
        {
            Walk(expression, own, found);
        }
    }

    private static IEnumerable<Expression> PartsOf(Expression expression) => expression switch
    {
        TraversalExpression traversal => [traversal.From],
        IndexExpression index => [index.From, index.Key],
        SplatExpression splat => [splat.From, splat.Each],
        CallExpression call => call.Arguments,
        ConditionalExpression conditional => [conditional.Condition, conditional.WhenTrue, conditional.WhenFalse],
        BinaryExpression binary => [binary.Left, binary.Right],
        UnaryExpression unary => [unary.Operand],
        ParenthesesExpression parentheses => [parentheses.Inner],
        TupleExpression tuple => tuple.Elements,
        TemplateExpression template => template.Parts,
        WrapExpression wrap => [wrap.Inner],
        JoinExpression join => [join.Parts],
        _ => [],
    };
}
