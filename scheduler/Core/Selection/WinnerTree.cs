namespace Saas.Scheduler.Core.Selection;

/// <summary>
/// The best of n scores, with each score changed in O(log n): a tournament in which every match is remembered. Of equal
/// scores the leaf further left wins. A closed leaf has the score <see cref="Closed"/> and wins against none.
/// </summary>
internal sealed class WinnerTree
{
    public const double Closed = double.NegativeInfinity;

    private readonly double[] _scores;

    /// <summary>Match i is between the winners of 2i and 2i + 1; entries from <see cref="_first"/> on are the leaves themselves.</summary>
    private readonly int[] _winners;

    private readonly int _first;

    /// <param name="scores">By leaf; becomes the tree's own.</param>
    public WinnerTree(double[] scores)
    {
        _scores = scores;
        _first = 1;
        while (_first < scores.Length)
        {
            _first *= 2;
        }

        _winners = new int[_first * 2];
        for (var leaf = 0; leaf < _first; leaf++)
        {
            _winners[_first + leaf] = leaf;
        }

        for (var match = _first - 1; match > 0; match--)
        {
            _winners[match] = Better(_winners[2 * match], _winners[(2 * match) + 1]);
        }
    }

    public int Best => _winners[1];

    /// <summary><see cref="Closed"/> where all leaves are.</summary>
    public double BestScore => ScoreOf(_winners[1]);

    public double ScoreOf(int leaf) => leaf < _scores.Length ? _scores[leaf] : Closed;

    public void Set(int leaf, double score)
    {
        var before = _scores[leaf];
        if (before == score)
        {
            return;
        }

        _scores[leaf] = score;
        for (var match = (_first + leaf) / 2; match > 0; match /= 2)
        {
            var winner = Better(_winners[2 * match], _winners[(2 * match) + 1]);

            // Another won before and still does: what is above does not change.
            if (winner == _winners[match] && winner != leaf)
            {
                return;
            }

            _winners[match] = winner;
        }
    }

    private int Better(int left, int right) => ScoreOf(left) >= ScoreOf(right) ? left : right;
}
