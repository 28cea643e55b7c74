namespace Saas.Scheduler.Core.Selection;

/// <summary>
/// The best of n scores, with each score changed in O(log n): a tournament in which every match is remembered. Of equal
/// scores the leaf further left wins. A closed leaf has the score <see cref="Closed"/> and wins against none.
/// </summary>
internal sealed class WinnerTree
{
    public const double Closed = double.NegativeInfinity;

    /// <summary>
    /// The winner of match i, which is between those of 2i and 2i + 1; entries from <see cref="_first"/> on are the leaves
    /// themselves. With its score, so that the two of a match stand in one cache line.
    /// </summary>
    private readonly Winner[] _winners;

    private readonly int _first;

    /// <param name="scores">By leaf.</param>
    public WinnerTree(ReadOnlySpan<double> scores)
    {
        _first = 1;
        while (_first < scores.Length)
        {
            _first *= 2;
        }

        _winners = new Winner[_first * 2];
        for (var leaf = 0; leaf < _first; leaf++)
        {
            _winners[_first + leaf] = new Winner(leaf < scores.Length ? scores[leaf] : Closed, leaf);
        }

        for (var match = _first - 1; match > 0; match--)
        {
            _winners[match] = Better(match);
        }
    }

    public int Best => _winners[1].Leaf;

    /// <summary><see cref="Closed"/> where all leaves are.</summary>
    public double BestScore => _winners[1].Score;

    public double ScoreOf(int leaf) => leaf < _first ? _winners[_first + leaf].Score : Closed;

    public void Set(int leaf, double score)
    {
        ref var own = ref _winners[_first + leaf];
        if (own.Score == score)
        {
            return;
        }

        own = new Winner(score, leaf);
        for (var match = (_first + leaf) / 2; match > 0; match /= 2)
        {
            var winner = Better(match);
            ref var known = ref _winners[match];

            // Another won before and still does: what is above does not change.
            if (winner.Leaf == known.Leaf && winner.Leaf != leaf)
            {
                return;
            }

            known = winner;
        }
    }

    private Winner Better(int match)
    {
        ref readonly var left = ref _winners[2 * match];
        ref readonly var right = ref _winners[(2 * match) + 1];
        return left.Score >= right.Score ? left : right;
    }

    private readonly record struct Winner(double Score, int Leaf);
}
