using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Selection;

/// <summary>What the nodes of a partition have in common.</summary>
internal sealed class PartitionKey : IEquatable<PartitionKey>
{
    public static PartitionKey Only { get; } = new(0, 0, 1, [], []);

    private PartitionKey(int tier, long cost, int rules, string?[] spreadValues, string[] properties) =>
        (Tier, Cost, Rules, SpreadValues, Properties) = (tier, cost, rules, spreadValues, properties);

    /// <summary>0: the job's own pool; the others only when it is full.</summary>
    public int Tier { get; }

    /// <summary>Of an hour; 0 where the group does not ask for the cheapest.</summary>
    public long Cost { get; }

    /// <summary>
    /// That make up the nodes' scores: a further rule weighs the same for all of them. Without meaning in
    /// <see cref="Only"/>, where no rule is added for the partition.
    /// </summary>
    public int Rules { get; }

    /// <summary>For each spread in turn; null: the node has no such attribute.</summary>
    public string?[] SpreadValues { get; }

    /// <summary>For each limit in turn.</summary>
    public string[] Properties { get; }

    /// <summary>Of a node that suits the shape.</summary>
    public static PartitionKey Of(Cluster cluster, PlacementShape shape, int slot)
    {
        var node = cluster.Nodes.SpecOf(slot)!;
        return new PartitionKey(
            shape.Feasibility.TierOf(slot),
            shape.Cheapest ? shape.CostOf(slot) : 0,
            shape.Score(slot).Rules,
            [.. shape.SpreadTargets.Select(target => target.Resolve(node))],
            [.. shape.Properties.Select(limit => limit.Target.Resolve(node)!)]);
    }

    public bool IsBefore(PartitionKey other) => (Tier, Cost).CompareTo((other.Tier, other.Cost)) < 0;

    public bool Equals(PartitionKey? other) =>
        other is not null && (Tier, Cost, Rules) == (other.Tier, other.Cost, other.Rules)
        && SpreadValues.AsSpan().SequenceEqual(other.SpreadValues) && Properties.AsSpan().SequenceEqual(other.Properties);

    public override bool Equals(object? obj) => Equals(obj as PartitionKey);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Tier);
        hash.Add(Cost);
        hash.Add(Rules);
        foreach (var value in SpreadValues)
        {
            hash.Add(value);
        }

        foreach (var value in Properties)
        {
            hash.Add(value);
        }

        return hash.ToHashCode();
    }
}
