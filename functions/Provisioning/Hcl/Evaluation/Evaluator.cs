using Saas.Provisioning.Hcl.Functions;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Evaluation;

/// <summary>
/// Expressions to values. It recurses no deeper than a syntax tree is high. One for a text: it counts the work. Not for use by
/// several threads.
/// </summary>
internal sealed partial class Evaluator(FunctionTable functions, WorkBudget budget)
{
    public WorkBudget Budget => budget;

    /// <exception cref="HclException">It has no value.</exception>
    public HclValue Evaluate(Expression expression, Scope scope)
    {
        try
        {
            budget.Spend(HclLimits.StepUnits);
            return expression switch
            {
                LiteralExpression literal => Charged(literal.Value),
                ReferenceExpression reference => Reference(reference, scope),
                TraversalExpression traversal => Steps(Evaluate(traversal.From, scope), traversal.Steps),
                IndexExpression index => Traversal.Index(Evaluate(index.From, scope), Charged(Evaluate(index.Key, scope)), index.KeyRange),
                SplatExpression splat => Splat(splat, scope),
                ElementExpression element => scope.ElementAt(element),
                CallExpression call => Call(call, scope),
                ConditionalExpression conditional => Conditional(conditional, scope),
                BinaryExpression binary => Binary(binary, scope),
                UnaryExpression unary => Unary(unary, scope),
                ParenthesesExpression parentheses => Evaluate(parentheses.Inner, scope),
                TupleExpression tuple => HclSequence.Tuple([.. tuple.Elements.Select(element => Evaluate(element, scope))]),
                ObjectExpression entries => Object(entries, scope),
                ForExpression loop => For(loop, scope),
                TemplateExpression template => Template(template, scope),
                WrapExpression wrap => Evaluate(wrap.Inner, scope),
                JoinExpression join => Join(join, scope),
                _ => throw new InvalidOperationException($"Unknown expression {expression.GetType().Name}."),
            };
        }
        catch (HclSizeException error)
        {
            throw new HclLimitException(expression.Range, error.Message);
        }
    }

    private HclValue Reference(ReferenceExpression reference, Scope scope)
    {
        if (scope.AllowsNothing)
        {
            throw new HclException(reference.Range, "Variables not allowed", "Variables may not be used here.");
        }

        return scope.Find(reference.Root) is { } value
            ? Steps(value, reference.Steps)
            : scope.KeepsUnknownNames
                ? Charged(new HclString(KeptReference.TextOf(reference.Range)))
                : throw new HclException(reference.RootRange, "Unknown variable", $"There is no variable named \"{reference.Root}\".");
    }

    private HclValue Steps(HclValue value, IReadOnlyList<TraversalStep> steps)
    {
        foreach (var step in steps)
        {
            value = step switch
            {
                AttributeStep attribute => Traversal.Attribute(value, attribute.Name, step.Range),
                IndexStep index => Traversal.Index(value, Charged(index.Key), step.Range),
                _ => throw new InvalidOperationException($"Unknown step {step.GetType().Name}."),
            };
        }

        return value;
    }

    /// <summary>For a value that is looked at as a whole.</summary>
    private HclValue Charged(HclValue value)
    {
        budget.Spend(value.Weight);
        return value;
    }

    /// <summary>Null is no elements; what is no collection is one.</summary>
    private HclSequence Splat(SplatExpression splat, Scope scope)
    {
        var from = Evaluate(splat.From, scope);
        if (from.IsNull)
        {
            return HclSequence.EmptyTuple;
        }

        var elements = (from as HclSequence)?.Elements ?? [from];
        return HclSequence.Tuple([.. elements.Select(element => Evaluate(splat.Each, scope.At(splat.Element, element)))]);
    }

    private HclMapping Object(ObjectExpression expression, Scope scope)
    {
        var entries = new Dictionary<string, HclValue>(StringComparer.Ordinal);
        foreach (var item in expression.Items)
        {
            var value = Evaluate(item.Value, scope);
            entries[KeyOf(item.Key, scope)] = value;
        }

        return HclMapping.Object(entries);
    }

    private string KeyOf(Expression key, Scope scope)
    {
        if (key is ReferenceExpression name)
        {
            return name.Steps.Count == 0
                ? name.Root
                : throw new HclException(name.Range, "Ambiguous attribute key", "A reference as a key stands in parentheses; a name with dots in it stands in quotes.");
        }

        return KeyText(Evaluate(key, scope), key.Range, "Incorrect key type", "Can't use this value as a key");
    }

    private string KeyText(HclValue key, SourceRange range, string summary, string detail)
    {
        try
        {
            return Charged(key).IsNull ? throw new HclException(range, "Null value as key", "Can't use a null value as a key.") : Conversion.ToText(key);
        }
        catch (HclValueException error)
        {
            throw new HclException(range, summary, $"{detail}: {error.Message}.");
        }
    }
}
