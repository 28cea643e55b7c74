using System.Runtime.InteropServices;

namespace Saas.Scheduler.Core.Selection;

/// <summary>
/// The nodes a group may go to, best first. A placement changes the score of one node, the one on top, so the best of
/// n nodes is found in O(log n) after one pass to build it, and it is the best of all, not of a sample.
/// </summary>
internal sealed class CandidateHeap
{
    private readonly Candidate[] _items;

    /// <param name="items">Becomes the heap's own.</param>
    /// <param name="count">How many of them are filled.</param>
    public CandidateHeap(Candidate[] items, int count)
    {
        (_items, Count) = (items, count);
        for (var i = (count / 2) - 1; i >= 0; i--)
        {
            SiftDown(i);
        }
    }

    public int Count { get; private set; }

    public Candidate Top => _items[0];

    public void ReplaceTop(in Candidate candidate)
    {
        _items[0] = candidate;
        SiftDown(0);
    }

    public Candidate Pop()
    {
        var top = _items[0];
        _items[0] = _items[--Count];
        SiftDown(0);
        return top;
    }

    public void Push(in Candidate candidate)
    {
        var i = Count++;
        while (i > 0 && candidate.IsBetterThan(_items[(i - 1) / 2]))
        {
            _items[i] = _items[(i - 1) / 2];
            i = (i - 1) / 2;
        }

        _items[i] = candidate;
    }

    private void SiftDown(int i)
    {
        if (i >= Count)
        {
            return;
        }

        var item = _items[i];
        for (; ; )
        {
            var child = (2 * i) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _items[child + 1].IsBetterThan(_items[child]))
            {
                child++;
            }

            if (!_items[child].IsBetterThan(item))
            {
                break;
            }

            _items[i] = _items[child];
            i = child;
        }

        _items[i] = item;
    }
}

/// <param name="Tie">Random by the evaluation's seed: decides between equal scores.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Candidate(double Score, ulong Tie, int Node)
{
    public bool IsBetterThan(in Candidate other) =>
        Score > other.Score || (Score == other.Score && (Tie, Node).CompareTo((other.Tie, other.Node)) < 0);
}
