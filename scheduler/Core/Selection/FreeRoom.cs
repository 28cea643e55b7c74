using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Ranking;

namespace Saas.Scheduler.Core.Selection;

/// <summary>
/// Finds the best node that has room, for one allocation of a group after the other. The shape's index knows all nodes
/// as if none of the job's allocations were on them. Those that have some are taken out of it, one by one as they come
/// up, and wait in a heap of their own with their true scores; as neighbours only make a score worse, none is missed.
/// Where scores may be negative that does not hold, and they are taken out at once.
/// </summary>
internal sealed class FreeRoom
{
    private readonly GroupContext _context;
    private readonly CandidateIndex _index;
    private readonly CandidateHeap?[] _touched;
    private readonly HashSet<int> _masked = [];

    public FreeRoom(GroupContext context, CandidateIndex index)
    {
        (_context, _index) = (context, index);
        index.Refresh();
        _touched = new CandidateHeap?[index.Partitions.Count];
        if (context.Spread is not null || context.Shape.Affinity.MayBeNegative)
        {
            foreach (var slot in context.Slots)
            {
                Touch(slot);
            }
        }
    }

    /// <summary>The best one, which is out of the race until <see cref="Return"/>. Null: there is none.</summary>
    /// <param name="penalised">Slots it failed on; null: none.</param>
    public Choice? Take(HashSet<int>? penalised)
    {
        List<Choice>? seen = null;
        Choice? best = null;
        while (TakeBest() is { } choice)
        {
            if (penalised is null || !penalised.Contains(choice.Candidate.Slot))
            {
                best = choice;
                break;
            }

            // A penalty holds for this allocation only, so the index does not know it. The first node without one beats
            // all that come later.
            seen ??= [];
            seen.Add(choice with { Candidate = _context.CandidateOf(choice.Candidate.Slot, choice.Candidate.Score.With(ReschedulePenalty.Score)) });
        }

        if (seen is null)
        {
            return best;
        }

        var all = best is null ? seen : [.. seen, best.Value];
        var chosen = all[0];
        foreach (var choice in all)
        {
            chosen = choice.IsBetterThan(chosen) ? choice : chosen;
        }

        foreach (var choice in all.Where(choice => choice.Candidate.Slot != chosen.Candidate.Slot))
        {
            Return(choice.Candidate.Slot);
        }

        return chosen;
    }

    /// <summary>Back into the race, with the score it has now, unless it has no room any more.</summary>
    public void Return(int slot)
    {
        if (_context.CollisionsOn(slot) == 0)
        {
            _masked.Remove(slot);
            _index.Update(slot);
        }
        else
        {
            Touch(slot);
        }
    }

    /// <summary>Leaves the index as it would be without this search.</summary>
    public void Finish()
    {
        foreach (var slot in _masked)
        {
            _index.Update(slot);
        }
    }

    private Choice? TakeBest()
    {
        Choice? best = null;
        var bestPartition = -1;
        for (var i = 0; i < _touched.Length; i++)
        {
            var partition = _index.Partitions[i];
            Surface(partition);
            if ((best is not null && best.Value.Key.IsBefore(partition.Key)) || !_context.HasValuesLeft(partition.Key)
                || TopOf(partition, _touched[i]) is not { } top)
            {
                continue;
            }

            var score = _context.Spread is null ? top.Score : top.Score.WithUnlessZero(_context.Spread.Score(partition.Key.SpreadValues));
            var choice = new Choice(_context.CandidateOf(top.Slot, score), partition.Key);
            if (best is null || choice.IsBetterThan(best.Value))
            {
                (best, bestPartition) = (choice, i);
            }
        }

        if (best is { } found)
        {
            if (_touched[bestPartition] is { Count: > 0 } heap && heap.Top.Slot == found.Candidate.Slot)
            {
                heap.Pop();
            }
            else
            {
                Mask(found.Candidate.Slot);
            }
        }

        return best;
    }

    /// <summary>The better of the two that lead: with and without allocations of the group.</summary>
    private Candidate? TopOf(Partition partition, CandidateHeap? touched)
    {
        Candidate? free = null;
        if (!partition.IsEmpty)
        {
            var (mean, rules) = (partition.Tree.BestScore, partition.Key.Rules);
            var slot = partition.SlotOf(partition.Tree.Best);
            free = _context.CandidateOf(slot, new NodeScore(mean * rules, rules)) with { Mean = mean };
        }

        return touched is { Count: > 0 } && (free is null || touched.Top.IsBetterThan(free.Value)) ? touched.Top : free;
    }

    /// <summary>Until the one on top of the tree is none with the job's own allocations.</summary>
    private void Surface(Partition partition)
    {
        while (!partition.IsEmpty)
        {
            var slot = partition.SlotOf(partition.Tree.Best);
            if (_context.CollisionsOn(slot) == 0 && _context.IsDistinct(slot))
            {
                return;
            }

            Touch(slot);
        }
    }

    private void Touch(int slot)
    {
        Mask(slot);
        if (!_context.IsDistinct(slot) || !_context.Shape.Admits(slot) || _index.NumberOf(slot) is not (>= 0 and var number))
        {
            return;
        }

        (_touched[number] ??= new CandidateHeap()).Push(_context.CandidateOf(slot, _context.Score(slot, default)));
    }

    private void Mask(int slot)
    {
        _index.Mask(slot);
        _masked.Add(slot);
    }
}

/// <summary>A node, with what it has in common with others of its partition.</summary>
internal readonly record struct Choice(Candidate Candidate, PartitionKey Key)
{
    public bool IsBetterThan(in Choice other) =>
        Key.IsBefore(other.Key) || (!other.Key.IsBefore(Key) && Candidate.IsBetterThan(other.Candidate));
}
