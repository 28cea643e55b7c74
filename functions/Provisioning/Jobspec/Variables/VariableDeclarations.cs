using Saas.Provisioning.Hcl.Evaluation;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;
using Saas.Provisioning.Jobspec.Mapping;

namespace Saas.Provisioning.Jobspec.Variables;

/// <summary>A variable of a file, with the value it has so far.</summary>
internal sealed record Variable(string Name, SourceRange Where)
{
    /// <summary>Null: whatever it is given.</summary>
    public HclType? Type { get; init; }

    /// <summary>Null: none yet.</summary>
    public HclValue? Value { get; init; }

    /// <summary>Where the value is from: <c>default</c> or <c>varfile</c>.</summary>
    public string From { get; init; } = "default";

    public SourceRange ValueRange { get; init; }

    public IReadOnlyList<VariableValidation> Validations { get; init; } = [];
}

/// <summary>The blocks <c>variable "name" { }</c> and <c>variables { }</c>.</summary>
internal sealed class VariableDeclarations(Evaluator evaluator, Faults faults)
{
    private static readonly string[] Arguments = ["description", "default", "type"];

    public Dictionary<string, Variable> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>Names with their defaults, whose types they have.</summary>
    public void AddAll(HclBlock block)
    {
        foreach (var attribute in OnlyAttributes.Of(block))
        {
            faults.Collect(() =>
            {
                var value = evaluator.Evaluate(attribute.Value, Scope.None);
                Add(new Variable(attribute.Name, attribute.NameRange) { Type = TypeOf(value), Value = value, ValueRange = attribute.Value.Range });
            });
        }
    }

    /// <exception cref="HclException">It is not formed as it must be.</exception>
    public void Add(HclBlock block)
    {
        if (block.Labels is not [var name])
        {
            throw new HclException(block.HeadRange, "Missing name for variable", "All variable blocks must have 1 labels (name).");
        }

        if (!Identifiers.IsIdentifier(name.Text))
        {
            throw new HclException(name.Range, "Invalid variable name", "A name starts with a letter or underscore, and has letters, digits, underscores and dashes.");
        }

        if (block.Body.Attributes.FirstOrDefault(attribute => !Arguments.Contains(attribute.Name, StringComparer.Ordinal)) is { } extra)
        {
            throw new HclException(extra.NameRange, "Unsupported argument", $"An argument named \"{extra.Name}\" is not expected here.");
        }

        if (block.Body.Blocks.FirstOrDefault(inner => inner.Type != "validation") is { } other)
        {
            throw new HclException(other.TypeRange, "Unsupported block type", $"Blocks of type \"{other.Type}\" are not expected here.");
        }

        CheckDescription(block);
        var type = block.Body.Find("type") is { } written ? TypeExpression.Read(written.Value) : null;
        var variable = new Variable(name.Text, block.HeadRange)
        {
            Type = type,
            Validations = [.. block.Body.Blocks.Select(inner => VariableValidation.Read(name.Text, inner, evaluator))],
        };
        Add(block.Body.Find("default") is { } given ? WithDefault(variable, given.Value) : variable);
    }

    private Variable WithDefault(Variable variable, Expression given)
    {
        var value = evaluator.Evaluate(given, Scope.None);
        try
        {
            var converted = variable.Type is null ? value : Conversion.To(value, variable.Type);
            return variable with { Type = variable.Type ?? TypeOf(value), Value = converted, ValueRange = given.Range };
        }
        catch (HclValueException error)
        {
            throw new HclException(
                given.Range, "Invalid default value for variable", $"This default value is not compatible with the variable's type constraint: {error.Message}.");
        }
    }

    /// <summary>Of null nothing follows.</summary>
    private static HclType? TypeOf(HclValue value) => value.Type is AnyType ? null : value.Type;

    private void CheckDescription(HclBlock block)
    {
        if (block.Body.Find("description") is { } description && evaluator.Evaluate(description.Value, Scope.None) is not (HclString or HclNull))
        {
            throw new HclException(description.Value.Range, "Unsuitable value type", "Unsuitable value: string required");
        }
    }

    private void Add(Variable variable)
    {
        if (!Variables.TryAdd(variable.Name, variable))
        {
            throw new HclException(variable.Where, "Duplicate variable", $"Duplicate {variable.Name} variable definition found.");
        }
    }
}

/// <summary>Bodies of names and values alone.</summary>
internal static class OnlyAttributes
{
    /// <exception cref="HclException">There is a block in it, or a label on it.</exception>
    public static IReadOnlyList<HclAttribute> Of(HclBlock block) => block.Labels is [var label, ..]
        ? throw new HclException(label.Range, $"Extraneous label for {block.Type}", $"No labels are expected for {block.Type} blocks.")
        : block.Body.Blocks is [var inner, ..]
            ? throw new HclException(inner.TypeRange, $"Unexpected \"{inner.Type}\" block", "Blocks are not allowed here.")
            : block.Body.Attributes;
}
