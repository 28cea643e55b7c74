using System.Runtime.InteropServices;
using Saas.Scheduler.Core.Ranking;

namespace Saas.Scheduler.Core.Selection;

/// <summary>Candidates, best first.</summary>
internal sealed class CandidateHeap
{
    private Candidate[] _items = [];

    public int Count { get; private set; }

    public ref readonly Candidate Top => ref _items[0];

    public void ReplaceTop(in Candidate candidate)
    {
        _items[0] = candidate;
        SiftDown(0);
    }

    public void Pop()
    {
        _items[0] = _items[--Count];
        SiftDown(0);
    }

    /// <summary>Takes the slot's candidate out, wherever it is; nothing where there is none.</summary>
    public void Remove(int slot)
    {
        var i = Array.FindIndex(_items, 0, Count, candidate => candidate.Slot == slot);
        if (i < 0)
        {
            return;
        }

        // To the top, and off.
        for (; i > 0; i = (i - 1) / 2)
        {
            (_items[i], _items[(i - 1) / 2]) = (_items[(i - 1) / 2], _items[i]);
        }

        Pop();
    }

    public void Push(in Candidate candidate)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Math.Max(8, Count * 2));
        }

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

/// <param name="Mean">Of <paramref name="Score"/>.</param>
/// <param name="Tie">Decides between equal scores: the lower one.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Candidate(NodeScore Score, double Mean, ulong Tie, int Slot)
{
    public bool IsBetterThan(in Candidate other) =>
        Mean > other.Mean || (Mean == other.Mean && (Tie < other.Tie || (Tie == other.Tie && Slot < other.Slot)));
}
