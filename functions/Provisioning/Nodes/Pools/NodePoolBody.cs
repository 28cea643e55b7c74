using Saas.Cluster;

namespace Saas.Provisioning.Nodes.Pools;

/// <summary>Nomad's NodePool.</summary>
internal sealed record NodePoolBody
{
    public required string Name { get; init; }
    public required string Description { get; init; }
    public required IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>Always null: cells are configured as a whole.</summary>
    public NodePoolSchedulerBody? SchedulerConfiguration { get; init; }

    /// <summary>Nanoseconds. Nomad's default; agents have credentials of their own here.</summary>
    public required long NodeIdentityTTL { get; init; }

    public required long CreateIndex { get; init; }
    public required long ModifyIndex { get; init; }

    public static NodePoolBody Of(NodePoolRecord pool) => new()
    {
        Name = pool.Name,
        Description = pool.Description,
        Meta = pool.Meta,
        NodeIdentityTTL = TimeSpan.FromDays(1).Ticks * TimeSpan.NanosecondsPerTick,
        CreateIndex = NodeFacts.CreateIndex,
        ModifyIndex = NodeFacts.CreateIndex + pool.ModifyIndex,
    };
}

internal sealed record NodePoolSchedulerBody
{
    public string? SchedulerAlgorithm { get; init; }
    public bool? MemoryOversubscriptionEnabled { get; init; }
}
