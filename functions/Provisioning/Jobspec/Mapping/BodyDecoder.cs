using System.Text.Json.Nodes;
using Saas.Provisioning.Hcl;
using Saas.Provisioning.Hcl.Blocks;
using Saas.Provisioning.Hcl.Evaluation;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;

namespace Saas.Provisioning.Jobspec.Mapping;

/// <summary>
/// Blocks to JSON by a table. A fault ends what it is in, an attribute or a block; the rest is read, so that all faults are
/// told at once.
/// </summary>
internal sealed class BodyDecoder(Evaluator evaluator, Faults faults)
{
    private readonly DynamicBlocks _dynamic = new(evaluator);
    private readonly AttributeDecoder _attributes = new(evaluator);

    public JsonObject Decode(BodySpec spec, Body body, Scope scope)
    {
        var result = new JsonObject();
        foreach (var attribute in body.Attributes)
        {
            faults.Collect(() => Decode(spec, attribute, scope, result));
        }

        foreach (var entry in spec.Entries.OfType<AttributeEntry>().Where(entry => entry.IsRequired && body.Find(entry.Name) is null))
        {
            faults.Add(new Diagnostic(body.EndRange, "Missing required argument", $"The argument \"{entry.Name}\" is required, but no definition was found."));
        }

        var seen = new Dictionary<string, SourceRange>(StringComparer.Ordinal);
        faults.Collect(() =>
        {
            foreach (var block in _dynamic.Expand(body, scope))
            {
                faults.Collect(() => Decode(spec, block, result, seen));
            }
        });
        spec.Finish?.Invoke(result);
        return result;
    }

    private void Decode(BodySpec spec, HclAttribute attribute, Scope scope, JsonObject result)
    {
        var entry = spec.Find(attribute.Name);
        if (spec.HasTextAttributes && entry is BlockEntry { Shape: BlockShape.Texts })
        {
            result[entry.Member] = _attributes.TextMap(attribute.Value, scope);
            return;
        }

        if (entry is not AttributeEntry known)
        {
            throw new HclException(
                attribute.NameRange,
                "Unsupported argument",
                $"An argument named \"{attribute.Name}\" is not expected here.{(entry is null ? "" : $" Did you mean to define a block of type \"{attribute.Name}\"?")}");
        }

        RefuseIf(entry, attribute.NameRange);
        if (_attributes.Decode(known, attribute.Value, scope) is { } value)
        {
            result[known.Member] = value;
        }
    }

    private void Decode(BodySpec spec, ScopedBlock scoped, JsonObject result, Dictionary<string, SourceRange> seen)
    {
        evaluator.Budget.Spend(HclLimits.BlockUnits);
        var block = scoped.Block;
        if (spec.Find(block.Type) is not BlockEntry entry)
        {
            throw new HclException(
                block.TypeRange,
                "Unsupported block type",
                $"Blocks of type \"{block.Type}\" are not expected here.{(spec.Find(block.Type) is null ? "" : $" Did you mean to define argument \"{block.Type}\"? If so, use the equals sign to assign it a value.")}");
        }

        RefuseIf(entry, block.TypeRange);
        CheckLabels(entry, block);
        CheckOnce(entry, block, result, seen);
        switch (entry.Shape)
        {
            case BlockShape.One:
                result[entry.Member] = Body(entry, scoped, result);
                break;
            case BlockShape.Many:
                Append(result, entry.Member, Body(entry, scoped, result));
                break;
            case BlockShape.ByLabel:
                AddByLabel(result, entry, scoped);
                break;
            case BlockShape.Texts:
                result[entry.Member] = _attributes.Texts(block.Body, scoped.Scope);
                break;
            case BlockShape.TextLists:
                result[entry.Member] = _attributes.TextLists(block.Body, scoped.Scope);
                break;
            default:
                result[entry.Member] = new FreeBody(evaluator, _dynamic).Decode(block.Body, scoped.Scope);
                break;
        }
    }

    private static void RefuseIf(Entry entry, SourceRange range)
    {
        if (entry.Refusal is { } reason)
        {
            throw new HclException(range, "Not supported by this platform", $"\"{entry.Name}\" of Nomad is refused here: {reason}");
        }
    }

    private static void CheckLabels(BlockEntry entry, HclBlock block)
    {
        var wanted = entry.LabelMember is null ? 0 : 1;
        if (block.Labels.Count < wanted)
        {
            throw new HclException(block.TypeRange, $"Missing name for {block.Type}", $"All {block.Type} blocks must have 1 labels (name).");
        }

        if (block.Labels.Count > wanted)
        {
            throw new HclException(block.Labels[wanted].Range, $"Extraneous label for {block.Type}", wanted == 0 ? $"No labels are expected for {block.Type} blocks." : $"Only 1 labels (name) are expected for {block.Type} blocks.");
        }
    }

    private static void CheckOnce(BlockEntry entry, HclBlock block, JsonObject result, Dictionary<string, SourceRange> seen)
    {
        if (entry.Shape is BlockShape.Many or BlockShape.ByLabel)
        {
            return;
        }

        if (seen.TryGetValue(block.Type, out var first))
        {
            throw new HclException(block.TypeRange, $"Duplicate {block.Type} block", $"Only one {block.Type} block is allowed. Another was defined at {first}.");
        }

        seen[block.Type] = block.HeadRange;
        if (result.ContainsKey(entry.Member))
        {
            throw new HclException(block.TypeRange, $"Duplicate {block.Type} block", $"{block.Type} is set as an argument already.");
        }
    }

    private JsonObject Body(BlockEntry entry, ScopedBlock scoped, JsonObject around)
    {
        var body = Decode(entry.Body!, scoped.Block.Body, scoped.Scope);
        if (entry.LabelMember is { } member)
        {
            body[member] = scoped.Block.Labels[0].Text;
        }

        entry.Inspect?.Invoke(scoped.Block, body, around);
        return body;
    }

    private void AddByLabel(JsonObject result, BlockEntry entry, ScopedBlock scoped)
    {
        var map = result[entry.Member] as JsonObject ?? [];
        result[entry.Member] = map;
        var label = scoped.Block.Labels[0];
        if (map.ContainsKey(label.Text))
        {
            throw new HclException(label.Range, $"Duplicate {entry.Name} block", $"There is a {entry.Name} \"{label.Text}\" already.");
        }

        map[label.Text] = Body(entry, scoped, map);
    }

    private static void Append(JsonObject result, string member, JsonObject item)
    {
        var list = result[member] as JsonArray ?? [];
        result[member] = list;
        list.Add((JsonNode)item);
    }
}
