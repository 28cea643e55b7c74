namespace Saas.Cluster;

/// <summary>What people say of a node pool. Which nodes are in it their agents' settings say.</summary>
public sealed record NodePoolRecord
{
    public required string Name { get; init; }
    public string Description { get; init; } = "";
    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>Of this row alone: rises with every change.</summary>
    public long ModifyIndex { get; init; }
}
