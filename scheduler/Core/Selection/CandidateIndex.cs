using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Ranking;

namespace Saas.Scheduler.Core.Selection;

/// <summary>
/// The nodes of one shape, best first, kept from plan to plan. Naive is to score every node for every allocation, or at
/// least once for every job: on five thousand nodes a job of one instance costs as much as one of a thousand. But a
/// node's score changes only when something is placed on it or leaves it, so the index follows the journal of changed
/// nodes, and finds the best in O(log n) from then on. Where more has changed than there are nodes, it is built anew.
/// <para>
/// Nodes that differ by what scores alone do not tell (pool, price, values that are counted) are in partitions: within
/// one, the order by score is the same whatever is added for the values.
/// </para>
/// </summary>
internal sealed class CandidateIndex(Cluster cluster, PlacementShape shape)
{
    private int[] _partitionOf = [];
    private int[] _leafOf = [];

    /// <summary>How many rules make up the score: with it the mean can be added to.</summary>
    private byte[] _rulesOf = [];

    private long _position;
    private int _topology = -1;

    public IReadOnlyList<Partition> Partitions { get; private set; } = [];

    /// <summary>Brings all scores up to date. What was masked before is not any more.</summary>
    public void Refresh()
    {
        var (nodes, changes) = (cluster.Nodes, cluster.Nodes.Changes);
        if (_topology != nodes.Topology || !changes.Has(_position) || changes.End - _position > nodes.SlotCount)
        {
            Build();
        }
        else
        {
            for (var i = _position; i < changes.End; i++)
            {
                Update(changes[i]);
            }
        }

        _position = changes.Mark();
    }

    /// <summary>Of the node's partition; -1: the shape does not admit the node, whatever room it has.</summary>
    public int NumberOf(int slot) => slot < _partitionOf.Length ? _partitionOf[slot] : -1;

    /// <summary>Scores the node anew.</summary>
    public void Update(int slot)
    {
        if (NumberOf(slot) is var number and >= 0)
        {
            Partitions[number].Tree.Set(_leafOf[slot], ScoreOf(slot));
        }
    }

    /// <summary>Takes the node out of the race until it is updated.</summary>
    public void Mask(int slot)
    {
        if (NumberOf(slot) is var number and >= 0)
        {
            Partitions[number].Tree.Set(_leafOf[slot], WinnerTree.Closed);
        }
    }

    /// <summary>Of a partition that is not empty.</summary>
    public Candidate BestOf(Partition partition)
    {
        var (slot, mean) = (partition.SlotOf(partition.Tree.Best), partition.Tree.BestScore);
        return new Candidate(new NodeScore(mean * _rulesOf[slot], _rulesOf[slot]), mean, cluster.Nodes.IdHash[slot], slot);
    }

    private double ScoreOf(int slot)
    {
        if (!shape.Admits(slot))
        {
            return WinnerTree.Closed;
        }

        var score = shape.Score(slot);
        _rulesOf[slot] = (byte)score.Rules;
        return score.Mean;
    }

    private void Build()
    {
        var nodes = cluster.Nodes;
        _topology = nodes.Topology;
        (_partitionOf, _leafOf, _rulesOf) = (new int[nodes.SlotCount], new int[nodes.SlotCount], new byte[nodes.SlotCount]);
        Array.Fill(_partitionOf, -1);
        var numbers = new Dictionary<PartitionKey, int>();
        var found = new List<(PartitionKey Key, List<int> Slots)>();
        foreach (var slot in nodes.InTieOrder())
        {
            // Whether it is open may change without a change of kind, so closed nodes have a leaf as well.
            if (!shape.Feasibility.Suits(slot))
            {
                continue;
            }

            var key = shape.IsPartitioned ? PartitionKey.Of(cluster, shape, slot) : PartitionKey.Only;
            if (!numbers.TryGetValue(key, out var number))
            {
                number = found.Count;
                numbers.Add(key, number);
                found.Add((key, []));
            }

            (_partitionOf[slot], _leafOf[slot]) = (number, found[number].Slots.Count);
            found[number].Slots.Add(slot);
        }

        Partitions = [.. found.Select(entry => new Partition(entry.Key, entry.Slots, [.. entry.Slots.Select(ScoreOf)]))];
    }
}

/// <summary>Nodes of one shape that differ by score only.</summary>
internal sealed class Partition(PartitionKey key, List<int> slots, double[] scores)
{
    public PartitionKey Key => key;

    public WinnerTree Tree { get; } = new(scores);

    public int SlotOf(int leaf) => slots[leaf];

    public bool IsEmpty => Tree.BestScore == WinnerTree.Closed;
}
