using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Evaluation;

/// <summary>One step into a value.</summary>
internal static class Traversal
{
    /// <exception cref="HclException">There is no such attribute.</exception>
    public static HclValue Attribute(HclValue value, string name, SourceRange range) => value switch
    {
        HclNull => throw new HclException(range, "Attempt to get attribute from null value", "This value is null, so it does not have any attributes."),
        HclMapping mapping => mapping.Find(name) ?? throw (mapping.Type is MapType
            ? new HclException(range, "Missing map element", $"This map does not have an element with the key \"{name}\".")
            : new HclException(range, "Unsupported attribute", $"This object does not have an attribute named \"{name}\".")),
        HclSequence => throw new HclException(range, "Unsupported attribute", $"A {value.Type} has no attributes. Its elements have them: [0].{name}, or [*].{name} of all."),
        _ => throw new HclException(range, "Unsupported attribute", $"Can't access attributes on a primitive-typed value ({value.Type})."),
    };

    /// <exception cref="HclException">There is no such element.</exception>
    public static HclValue Index(HclValue value, HclValue key, SourceRange range)
    {
        if (value.IsNull)
        {
            throw new HclException(range, "Attempt to index null value", "This value is null, so it does not have any indices.");
        }

        if (key.IsNull)
        {
            throw new HclException(range, "Invalid index", "Can't use a null value as an indexing key.");
        }

        return value switch
        {
            HclMapping mapping => mapping.Find(Convert(key, HclType.Text, range) is HclString text ? text.Text : "")
                ?? throw new HclException(range, "Invalid index", "The given key does not identify an element in this collection value."),
            HclSequence { Type: SetType } => throw new HclException(range, "Invalid index", "Elements of a set have no keys; the set can be made a list with [for v in set : v]."),
            HclSequence sequence => Element(sequence, (HclNumber)Convert(key, HclType.Number, range), range),
            _ => throw new HclException(range, "Invalid index", "This value does not have any indices."),
        };
    }

    private static HclValue Element(HclSequence sequence, HclNumber index, SourceRange range)
    {
        if (index.ToInt64() is { } at and >= 0 && at < sequence.Elements.Count)
        {
            return sequence.Elements[(int)at];
        }

        var why = !index.IsWhole ? "An index is a whole number." : index.Sign < 0 ? "A negative index is not used." : $"The collection has {sequence.Elements.Count} elements.";
        throw new HclException(range, "Invalid index", $"The given key does not identify an element in this collection value. {why}");
    }

    private static HclValue Convert(HclValue key, HclType type, SourceRange range)
    {
        try
        {
            return Conversion.To(key, type);
        }
        catch (HclValueException error)
        {
            throw new HclException(range, "Invalid index", $"The given key does not identify an element in this collection value: {error.Message}.");
        }
    }
}
