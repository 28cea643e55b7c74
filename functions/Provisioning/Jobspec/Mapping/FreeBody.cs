using System.Text.Json.Nodes;
using Saas.Provisioning.Hcl;
using Saas.Provisioning.Hcl.Blocks;
using Saas.Provisioning.Hcl.Evaluation;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Jobspec.Mapping;

/// <summary>
/// A body of which nobody knows the names, as a driver's <c>config</c>. A block in it is a list of objects, one for each block
/// of its type, and so is an attribute whose value is written as an object: the one may be meant where the other is written.
/// A label is an object around the block's.
/// </summary>
internal sealed class FreeBody(Evaluator evaluator, DynamicBlocks dynamic)
{
    /// <summary>JSON is read no deeper than 64.</summary>
    private const int MaxDepth = 8;

    public JsonObject Decode(Body body, Scope scope) => Decode(body, scope, 0);

    private JsonObject Decode(Body body, Scope scope, int depth)
    {
        var result = new JsonObject();
        foreach (var attribute in body.Attributes)
        {
            var value = ValueOf(attribute.Value, scope);
            result[attribute.Name] = attribute.Value is ObjectExpression ? new JsonArray(value) : value;
        }

        var attributes = body.Attributes.Select(attribute => attribute.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (block, inner) in dynamic.Expand(body, scope))
        {
            if (attributes.Contains(block.Type))
            {
                throw new HclException(block.TypeRange, "Duplicate argument", $"\"{block.Type}\" is set as an argument already.");
            }

            Add(result, block, inner, depth + 1);
        }

        return result;
    }

    private void Add(JsonObject result, HclBlock block, Scope scope, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new HclLimitException(block.TypeRange, $"Blocks here nest more than {MaxDepth} deep.");
        }

        evaluator.Budget.Spend(HclLimits.BlockUnits);
        JsonNode value = Decode(block.Body, scope, depth + block.Labels.Count);
        foreach (var label in block.Labels.Reverse())
        {
            value = new JsonObject { [label.Text] = new JsonArray(value) };
        }

        var list = result[block.Type] as JsonArray ?? [];
        result[block.Type] = list;
        list.Add(value);
    }

    private JsonNode? ValueOf(Expression expression, Scope scope)
    {
        var value = evaluator.Evaluate(expression, scope);
        evaluator.Budget.Spend(HclLimits.OutputUnits * value.Weight);
        return Node(value);
    }

    /// <summary>A number is a whole one of 64 bits where it can be, else one of floating point, as for Nomad's drivers.</summary>
    private static JsonNode? Node(HclValue value) => value switch
    {
        HclString text => JsonValue.Create(text.Text),
        HclBool flag => JsonValue.Create(flag.Value),
        HclNumber number => number.ToInt64() is { } whole ? JsonValue.Create(whole) : JsonValue.Create(number.ToDouble()),
        HclSequence sequence => new JsonArray([.. sequence.Elements.Select(Node)]),
        HclMapping mapping => new JsonObject(mapping.Keys.Select(key => KeyValuePair.Create(key, Node(mapping[key])))),
        _ => null,
    };
}
