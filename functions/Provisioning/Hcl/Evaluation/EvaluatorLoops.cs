using System.Text;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Evaluation;

/// <summary>For expressions and templates.</summary>
internal sealed partial class Evaluator
{
    /// <summary>The elements of a collection with their keys: positions, names, or of a set the elements themselves.</summary>
    /// <param name="place">For the message: <c>'for' expression</c>.</param>
    /// <exception cref="HclException">It is none.</exception>
    public static IEnumerable<(HclValue Key, HclValue Value)> Pairs(HclValue collection, SourceRange range, string place) => collection switch
    {
        HclNull => throw new HclException(range, "Iteration over null value", $"A null value cannot be used as the collection in a {place}."),
        HclSequence { Type: SetType } set => set.Elements.Select(element => (element, element)),
        HclSequence sequence => sequence.Elements.Select((element, index) => ((HclValue)HclNumber.Of(index), element)),
        HclMapping mapping => mapping.Keys.Select(key => ((HclValue)new HclString(key), mapping[key])),
        _ => throw new HclException(range, "Iteration over non-iterable value", $"A value of type {collection.Type} cannot be used as the collection in a {place}."),
    };

    private HclValue For(ForExpression loop, Scope scope)
    {
        var collection = Evaluate(loop.Collection, scope);
        var inner = Pairs(collection, loop.Collection.Range, "'for' expression").Select(pair => ScopeOf(loop, pair.Key, pair.Value, scope))
            .Where(element => loop.Condition is null || IsWanted(loop.Condition, element));
        return loop.Key is null
            ? HclSequence.Tuple([.. inner.Select(element => Evaluate(loop.Value, element))])
            : HclMapping.Object(loop.Groups ? Grouped(loop, inner) : Keyed(loop, inner));
    }

    private static Scope ScopeOf(ForExpression loop, HclValue key, HclValue value, Scope scope)
    {
        var names = new Dictionary<string, HclValue>(StringComparer.Ordinal) { [loop.ValueName] = value };
        if (loop.KeyName is { } name)
        {
            names[name] = key;
        }

        return new Scope(scope, names);
    }

    private bool IsWanted(Expression condition, Scope scope)
    {
        try
        {
            var value = Evaluate(condition, scope);
            return value.IsNull ? throw new HclValueException("it is null") : ((HclBool)Conversion.To(value, HclType.Bool)).Value;
        }
        catch (HclValueException error)
        {
            throw new HclException(condition.Range, "Invalid 'for' condition", $"The 'if' clause value is invalid: {error.Message}.");
        }
    }

    private Dictionary<string, HclValue> Keyed(ForExpression loop, IEnumerable<Scope> elements)
    {
        var entries = new Dictionary<string, HclValue>(StringComparer.Ordinal);
        foreach (var element in elements)
        {
            var key = LoopKey(loop, element);
            if (!entries.TryAdd(key, Evaluate(loop.Value, element)))
            {
                throw new HclException(
                    loop.Key!.Range, "Duplicate object key", $"Two different items produced the key \"{key}\" in this 'for' expression. With ... after the value, they are grouped.");
            }
        }

        return entries;
    }

    private Dictionary<string, HclValue> Grouped(ForExpression loop, IEnumerable<Scope> elements)
    {
        var groups = new Dictionary<string, List<HclValue>>(StringComparer.Ordinal);
        foreach (var element in elements)
        {
            var key = LoopKey(loop, element);
            if (!groups.TryGetValue(key, out var group))
            {
                groups[key] = group = [];
            }

            group.Add(Evaluate(loop.Value, element));
        }

        return groups.ToDictionary(group => group.Key, HclValue (group) => HclSequence.Tuple(group.Value), StringComparer.Ordinal);
    }

    private string LoopKey(ForExpression loop, Scope element) =>
        KeyText(Evaluate(loop.Key!, element), loop.Key!.Range, "Invalid object key", "The key expression produced an invalid result");

    private HclString Template(TemplateExpression template, Scope scope)
    {
        var text = new StringBuilder();
        foreach (var part in template.Parts)
        {
            Append(text, Evaluate(part, scope), part.Range);
        }

        return new HclString(text.ToString());
    }

    private HclString Join(JoinExpression join, Scope scope)
    {
        var text = new StringBuilder();
        foreach (var part in ((HclSequence)For(join.Parts, scope)).Elements)
        {
            Append(text, part, join.Range);
        }

        return new HclString(text.ToString());
    }

    private void Append(StringBuilder text, HclValue value, SourceRange range)
    {
        if (value.IsNull)
        {
            throw new HclException(range, "Invalid template interpolation value", "The expression result is null. Cannot include a null value in a string template.");
        }

        try
        {
            var part = Conversion.ToText(value);
            budget.Spend(part.Length);
            if (text.Length + part.Length > HclLimits.ValueWeight)
            {
                throw new HclSizeException($"A text has more than {HclLimits.ValueWeight} characters.");
            }

            text.Append(part);
        }
        catch (HclValueException error)
        {
            throw new HclException(
                range, "Invalid template interpolation value", $"Cannot include the given value in a string template: {error.Message}, but it is {value.Type}.");
        }
    }
}
