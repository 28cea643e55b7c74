using Saas.Scheduler.Core.Model;

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
        var first = TakeBest();
        if (penalised is null || first is not { } found || (!penalised.Contains(found.Candidate.Slot) && found.Candidate.Mean > -1))
        {
            // A node that was no better without a penalty is no better with it, unless all are worse than a penalty.
            return first;
        }

        // A penalty holds for this allocation only, so the index does not know it: those nodes are compared by hand.
        Return(found.Candidate.Slot);
        var taken = new List<Choice>(penalised.Count + 1);
        foreach (var slot in penalised)
        {
            if (TakeOut(slot) is { } choice)
            {
                taken.Add(choice);
            }
        }

        if (TakeBest() is { } other)
        {
            taken.Add(other);
        }

        if (taken.Count == 0)
        {
            return null;
        }

        var best = taken[0];
        foreach (var choice in taken)
        {
            best = choice.IsBetterThan(best) ? choice : best;
        }

        foreach (var choice in taken)
        {
            if (choice.Candidate.Slot != best.Candidate.Slot)
            {
                Return(choice.Candidate.Slot);
            }
        }

        return best;
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

    /// <summary>A node it failed on, out of the race. Null: it was not in it.</summary>
    private Choice? TakeOut(int slot)
    {
        if (slot < 0 || _index.NumberOf(slot) is not (>= 0 and var number) || !_context.IsDistinct(slot)
            || !_context.HasValuesLeft(_index.Partitions[number].Key) || !_context.Shape.Admits(slot))
        {
            return null;
        }

        Mask(slot);
        _touched[number]?.Remove(slot);
        return _context.ChoiceOf(slot, _index.Partitions[number].Key, Spare.None, penalised: true);
    }

    private Choice? TakeBest()
    {
        Choice? best = null;
        CandidateHeap? from = null;
        for (var i = 0; i < _touched.Length; i++)
        {
            var partition = _index.Partitions[i];
            if ((best is not null && best.Value.Key.IsBefore(partition.Key)) || !_context.HasValuesLeft(partition.Key))
            {
                continue;
            }

            // What its values are worth is added before the two that lead are compared, those with and without allocations
            // of the group: it weighs the less the more rules a score has, and theirs are not equally many.
            var spread = _context.Spread?.Score(partition.Key.SpreadValues) ?? 0;
            Surface(partition);
            if (!partition.IsEmpty)
            {
                Consider(_index.BestOf(partition), null);
            }

            if (_touched[i] is { Count: > 0 } heap)
            {
                Consider(heap.Top, heap);
            }

            void Consider(in Candidate top, CandidateHeap? source)
            {
                var choice = new Choice(
                    spread == 0 ? top : _context.CandidateOf(top.Slot, top.Score.With(spread)), partition.Key);
                if (best is null || choice.IsBetterThan(best.Value))
                {
                    (best, from) = (choice, source);
                }
            }
        }

        if (from is not null)
        {
            from.Pop();
        }
        else if (best is { } found)
        {
            Mask(found.Candidate.Slot);
        }

        return best;
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

        (_touched[number] ??= new CandidateHeap()).Push(_context.CandidateOf(slot, _context.Score(slot)));
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
