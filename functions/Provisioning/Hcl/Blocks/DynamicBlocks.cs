using Saas.Provisioning.Hcl.Evaluation;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Blocks;

/// <summary>A block, and the names that its expressions may use.</summary>
internal readonly record struct ScopedBlock(HclBlock Block, Scope Scope);

/// <summary>
/// <c>dynamic "type" { for_each … labels … content { } }</c> stands for as many blocks of the type as its collection has elements,
/// at its place among the others. Blocks within the content are its own, and may be dynamic again.
/// </summary>
internal sealed class DynamicBlocks(Evaluator evaluator)
{
    private const string Dynamic = "dynamic";

    private static readonly string[] Arguments = ["for_each", "iterator", "labels"];

    /// <exception cref="HclException">A dynamic block is not formed as it must be, or its collection is none.</exception>
    public IEnumerable<ScopedBlock> Expand(Body body, Scope scope) =>
        body.Blocks.SelectMany(block => block.Type == Dynamic ? Expand(block, scope) : [new ScopedBlock(block, scope)]);

    private IEnumerable<ScopedBlock> Expand(HclBlock dynamic, Scope scope)
    {
        if (dynamic.Labels is not [var type])
        {
            throw new HclException(dynamic.HeadRange, "Missing block type", "A dynamic block has one label: the type of the blocks that it stands for.");
        }

        var (collection, content) = Parts(dynamic);
        var iterator = IteratorOf(dynamic) ?? type.Text;
        var pairs = Evaluator.Pairs(evaluator.Evaluate(collection, scope), collection.Range, "dynamic block").ToList();
        return pairs.Select(pair =>
        {
            var inner = scope.With(iterator, HclMapping.Object(new Dictionary<string, HclValue>(StringComparer.Ordinal) { ["key"] = pair.Key, ["value"] = pair.Value }));
            return new ScopedBlock(new HclBlock(type.Text, Labels(dynamic, inner), content.Body, type.Range), inner);
        });
    }

    private static (Expression Collection, HclBlock Content) Parts(HclBlock dynamic)
    {
        if (dynamic.Body.Attributes.FirstOrDefault(attribute => !Arguments.Contains(attribute.Name, StringComparer.Ordinal)) is { } extra)
        {
            throw new HclException(extra.NameRange, "Unsupported argument", $"An argument named \"{extra.Name}\" is not expected here. What the blocks have stands in content.");
        }

        var collection = dynamic.Body.Find("for_each")?.Value
            ?? throw new HclException(dynamic.Body.EndRange, "Missing required argument", "The argument \"for_each\" is required, but no definition was found.");
        return dynamic.Body.Blocks is [{ Type: "content", Labels.Count: 0 } content]
            ? (collection, content)
            : throw new HclException(dynamic.HeadRange, "Invalid dynamic block", "A dynamic block has one block: content, without labels.");
    }

    private static string? IteratorOf(HclBlock dynamic) => dynamic.Body.Find("iterator")?.Value switch
    {
        null => null,
        ReferenceExpression { Steps.Count: 0 } name => name.Root,
        var other => throw new HclException(other.Range, "Invalid dynamic iterator name", "Dynamic iterator must be a single variable name."),
    };

    private List<BlockLabel> Labels(HclBlock dynamic, Scope scope)
    {
        if (dynamic.Body.Find("labels")?.Value is not { } expression)
        {
            return [];
        }

        try
        {
            var labels = evaluator.Evaluate(expression, scope);
            return labels.IsNull
                ? throw new HclValueException("it is null")
                : [.. ((HclSequence)Conversion.To(labels, HclType.ListOf(HclType.Text))).Elements.Select(label => new BlockLabel(Conversion.ToText(label), expression.Range))];
        }
        catch (HclValueException error)
        {
            throw new HclException(expression.Range, "Invalid dynamic block labels", $"Labels are a list of strings: {error.Message}.");
        }
    }
}
