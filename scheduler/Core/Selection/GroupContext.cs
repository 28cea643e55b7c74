using System.Runtime.InteropServices;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Ranking;

namespace Saas.Scheduler.Core.Selection;

/// <summary>
/// What the job's own allocations say about where the next one of a group may and should go: distinctness,
/// anti-affinity, spread, and the nodes it failed on.
/// </summary>
internal sealed class GroupContext
{
    private readonly Cluster _cluster;
    private readonly Dictionary<int, int> _groupSlots;
    private readonly JobPresence _presence;
    private readonly Dictionary<string, int>[] _used;

    public GroupContext(Cluster cluster, PlacementShape shape, JobSpec job, GroupSpec group, JobPresence presence)
    {
        (_cluster, Shape, Job, Group, _presence) = (cluster, shape, job, group, presence);
        _groupSlots = presence.Of(group.Name);
        _used = [.. shape.Properties.Select(limit => CountsOf(limit.Target, limit.IsOfJob ? presence.OfJob : _groupSlots))];
        if (shape.SpreadTargets.Count > 0)
        {
            Spread = new SpreadScore(
                [.. job.Spreads, .. group.Spreads], group.Count, [.. shape.SpreadTargets.Select(target => CountsOf(target, _groupSlots))]);
        }
    }

    public PlacementShape Shape { get; }
    public JobSpec Job { get; }
    public GroupSpec Group { get; }

    /// <summary>Null: the group is not spread.</summary>
    public SpreadScore? Spread { get; }

    /// <summary>Slots with allocations of the group.</summary>
    public IReadOnlyCollection<int> Slots => _groupSlots.Keys;

    /// <summary>Allocations of the group on the node.</summary>
    public int CollisionsOn(int slot) => _groupSlots.GetValueOrDefault(slot);

    /// <summary>Whether the node has no neighbour that the allocation may not have.</summary>
    public bool IsDistinct(int slot) =>
        !(Shape.Feasibility.DistinctForJob && _presence.OfJob.ContainsKey(slot))
        && !(Shape.Feasibility.DistinctForGroup && _groupSlots.ContainsKey(slot));

    /// <summary>Whether values of distinct properties are not used up. All nodes of a partition have the same.</summary>
    public bool HasValuesLeft(PartitionKey key) => UsedUp(key) is null;

    /// <summary>The first limit that one more allocation would break; null: none.</summary>
    public PropertyLimit? UsedUp(PartitionKey key)
    {
        for (var i = 0; i < _used.Length; i++)
        {
            if (_used[i].GetValueOrDefault(key.Properties[i]) >= Shape.Properties[i].Max)
            {
                return Shape.Properties[i];
            }
        }

        return null;
    }

    /// <summary>What the node has in common with others; null: it may not have the allocation, whatever room it has.</summary>
    public PartitionKey? KeyOf(int slot)
    {
        if (!_cluster.Nodes.Open[slot] || !Shape.Feasibility.Suits(slot) || !IsDistinct(slot))
        {
            return null;
        }

        var key = Shape.IsPartitioned ? PartitionKey.Of(_cluster, Shape, slot) : PartitionKey.Only;
        return HasValuesLeft(key) ? key : null;
    }

    /// <summary>By all rules but those that depend on the values of the partition, and on the single allocation.</summary>
    public NodeScore Score(int slot, in Spare spare) => WithNeighbours(slot, Shape.Score(slot, spare));

    /// <summary>With nothing to spare.</summary>
    public NodeScore Score(int slot) => WithNeighbours(slot, Shape.Score(slot));

    private NodeScore WithNeighbours(int slot, in NodeScore score)
    {
        var collisions = CollisionsOn(slot);
        return collisions > 0 ? score.With(AntiAffinity.Score(collisions, Group.Count)) : score;
    }

    /// <summary>By all rules.</summary>
    /// <param name="penalised">It failed on the node.</param>
    public Choice ChoiceOf(int slot, PartitionKey key, in Spare spare, bool penalised)
    {
        var score = Score(slot, spare);
        score = penalised ? score.With(ReschedulePenalty.Score) : score;
        return new Choice(CandidateOf(slot, Spread is null ? score : score.WithUnlessZero(Spread.Score(key.SpreadValues))), key);
    }

    public Candidate CandidateOf(int slot, in NodeScore score) => new(score, score.Mean, _cluster.Nodes.IdHash[slot], slot);

    /// <summary>An allocation of the group goes to the node.</summary>
    public void Add(int slot, PartitionKey key)
    {
        _presence.Add(Group.Name, slot);
        Spread?.Add(key.SpreadValues);
        for (var i = 0; i < _used.Length; i++)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_used[i], key.Properties[i], out _)++;
        }
    }

    private Dictionary<string, int> CountsOf(Feasibility.Target target, Dictionary<int, int> slots)
    {
        var counts = new Dictionary<string, int>();
        foreach (var (slot, count) in slots)
        {
            if (_cluster.Nodes.SpecOf(slot) is { } node && target.Resolve(node) is { } value)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, value, out _) += count;
            }
        }

        return counts;
    }
}
