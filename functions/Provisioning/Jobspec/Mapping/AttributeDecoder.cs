using System.Text.Json.Nodes;
using Saas.Provisioning.Hcl;
using Saas.Provisioning.Hcl.Evaluation;
using Saas.Provisioning.Hcl.Functions;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Jobspec.Mapping;

/// <summary>Values of expressions to JSON of the kind that a table says. Null is as if nothing had been written.</summary>
internal sealed class AttributeDecoder(Evaluator evaluator)
{
    /// <exception cref="HclException">It has no value, or one that is not of the kind.</exception>
    public JsonNode? Decode(AttributeEntry entry, Expression expression, Scope scope) => entry.Kind switch
    {
        AttributeKind.Text => Value(expression, scope, HclType.Text) is HclString text ? JsonValue.Create(text.Text) : null,
        AttributeKind.Flag => Value(expression, scope, HclType.Bool) is HclBool flag ? JsonValue.Create(flag.Value) : null,
        AttributeKind.Whole => Value(expression, scope, HclType.Number) is HclNumber number ? JsonValue.Create(Whole(number, entry, expression)) : null,
        AttributeKind.Duration => Duration(expression, scope),
        AttributeKind.TextList => Value(expression, scope, HclType.ListOf(HclType.Text)) is HclSequence texts ? Texts(texts, expression) : null,
        AttributeKind.WholeList => Value(expression, scope, HclType.ListOf(HclType.Number)) is HclSequence numbers ? Numbers(numbers, entry, expression) : null,
        AttributeKind.TextMap => TextMap(expression, scope),
        _ => throw new InvalidOperationException($"Unknown kind {entry.Kind}."),
    };

    public JsonObject? TextMap(Expression expression, Scope scope)
    {
        if (Value(expression, scope, HclType.MapOf(HclType.Text)) is not HclMapping map)
        {
            return null;
        }

        var result = new JsonObject();
        foreach (var key in map.Keys)
        {
            result[key] = map[key] is HclString text ? text.Text : throw Null(expression);
        }

        return result;
    }

    /// <summary>A block of names and texts.</summary>
    public JsonObject Texts(Body body, Scope scope) =>
        Members(body, expression => Value(expression, scope, HclType.Text) is HclString text ? JsonValue.Create(text.Text) : throw Null(expression));

    public JsonObject TextLists(Body body, Scope scope) =>
        Members(body, expression => Value(expression, scope, HclType.ListOf(HclType.Text)) is HclSequence texts ? Texts(texts, expression) : throw Null(expression));

    private static JsonObject Members(Body body, Func<Expression, JsonNode> valueOf)
    {
        if (body.Blocks is [var block, ..])
        {
            throw new HclException(block.TypeRange, "Unexpected block", $"Blocks are not allowed here: \"{block.Type}\" is set by an equals sign and a value.");
        }

        var result = new JsonObject();
        foreach (var attribute in body.Attributes)
        {
            result[attribute.Name] = valueOf(attribute.Value);
        }

        return result;
    }

    private HclValue Value(Expression expression, Scope scope, HclType type)
    {
        var value = evaluator.Evaluate(expression, scope);
        evaluator.Budget.Spend(HclLimits.OutputUnits * value.Weight);
        try
        {
            return Conversion.To(value, type);
        }
        catch (HclValueException error)
        {
            throw Unsuitable(expression, error.Message);
        }
    }

    private static long Whole(HclNumber number, AttributeEntry entry, Expression expression) =>
        number.ToInt64() is { } whole && whole >= entry.Least && whole <= entry.Most
            ? whole
            : throw Unsuitable(expression, number.IsWhole ? $"value must be a whole number, between {entry.Least} and {entry.Most} inclusive" : "value must be a whole number");

    private JsonValue? Duration(Expression expression, Scope scope)
    {
        var value = evaluator.Evaluate(expression, scope);
        return value switch
        {
            HclNull => null,
            HclString text => GoDuration.Parse(text.Text) is { } nanoseconds
                ? JsonValue.Create(nanoseconds)
                : throw new HclException(expression.Range, "Unsuitable value type", $"Unsuitable duration value: invalid duration \"{Short(text.Text)}\"; one is written like \"30s\" or \"1h15m\"."),
            HclNumber number when number.ToInt64() is { } nanoseconds => JsonValue.Create(nanoseconds),
            _ => throw Unsuitable(expression, $"expected a string but found {value.Type}"),
        };
    }

    private static JsonArray Texts(HclSequence list, Expression expression) =>
        [.. list.Elements.Select(element => (JsonNode)JsonValue.Create(element is HclString text ? text.Text : throw Null(expression)))];

    private static JsonArray Numbers(HclSequence list, AttributeEntry entry, Expression expression) =>
        [.. list.Elements.Select(element => (JsonNode)JsonValue.Create(element is HclNumber number ? Whole(number, entry, expression) : throw Null(expression)))];

    private static string Short(string text) => text.Length > 40 ? text[..40] + "…" : text;

    private static HclException Null(Expression expression) => Unsuitable(expression, "an element is null");

    private static HclException Unsuitable(Expression expression, string detail) => new(expression.Range, "Unsuitable value type", $"Unsuitable value: {detail}");
}
