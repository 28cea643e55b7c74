using Saas.Provisioning.Hcl.Source;

namespace Saas.Provisioning.Hcl.Syntax;

/// <summary>What stands between the braces of a block, or in a file.</summary>
/// <param name="Attributes">In the order of the text; each name once.</param>
/// <param name="EndRange">The closing brace: where something that is missing would be.</param>
internal sealed record Body(IReadOnlyList<HclAttribute> Attributes, IReadOnlyList<HclBlock> Blocks, SourceRange EndRange)
{
    public HclAttribute? Find(string name) => Attributes.FirstOrDefault(attribute => attribute.Name == name);
}

/// <summary><c>name = expression</c></summary>
internal sealed record HclAttribute(string Name, Expression Value, SourceRange NameRange)
{
    public SourceRange Range => NameRange.To(Value.Range);
}

/// <summary><c>type "label" { … }</c></summary>
internal sealed record HclBlock(string Type, IReadOnlyList<BlockLabel> Labels, Body Body, SourceRange TypeRange)
{
    /// <summary>Its head: the type and the labels.</summary>
    public SourceRange HeadRange => Labels.Count == 0 ? TypeRange : TypeRange.To(Labels[^1].Range);
}

internal readonly record struct BlockLabel(string Text, SourceRange Range);
