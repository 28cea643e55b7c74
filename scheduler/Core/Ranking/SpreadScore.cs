using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Ranking;

/// <summary>
/// Spreads a group over the values of attributes, as Nomad's spread block: with targets, a value is the better the more
/// it lacks of its share; without, the least used value is the best. What it says depends on the values alone, so it is
/// asked once for all nodes that have the same.
/// </summary>
internal sealed class SpreadScore
{
    private readonly Axis[] _axes;

    /// <param name="used">Allocations of the group by value, for each spread in turn.</param>
    public SpreadScore(IReadOnlyList<Spread> spreads, int desired, IReadOnlyList<Dictionary<string, int>> used)
    {
        var weights = spreads.Sum(static spread => (double)spread.Weight);
        _axes = [.. spreads.Select((spread, i) => new Axis(spread, spread.Weight / Math.Max(1, weights), desired, used[i]))];
    }

    /// <summary>0: nothing to say. May be below -1 where several spreads are missed by far, as Nomad's.</summary>
    /// <param name="values">Of the node, for each spread in turn; null: it has no such attribute.</param>
    public double Score(string?[] values)
    {
        double sum = 0;
        for (var i = 0; i < _axes.Length; i++)
        {
            sum += _axes[i].Score(values[i]);
        }

        return sum;
    }

    /// <summary>One more allocation has these values.</summary>
    public void Add(string?[] values)
    {
        for (var i = 0; i < _axes.Length; i++)
        {
            _axes[i].Add(values[i]);
        }
    }

    private sealed class Axis
    {
        /// <summary>As a target: all values not named.</summary>
        private const string Rest = "*";

        private readonly Dictionary<string, double> _desired = [];
        private readonly Dictionary<string, int> _used;
        private readonly double _weight;
        private readonly double? _others;
        private readonly bool _isEven;
        private double _worst = -1;
        private int _least;
        private int _most;

        public Axis(Spread spread, double weight, int desired, Dictionary<string, int> used)
        {
            (_weight, _used, _isEven) = (weight, used, spread.Targets.Count == 0);
            double named = 0;
            foreach (var target in spread.Targets)
            {
                _desired[target.Value] = target.Percent / 100.0 * desired;
                named += target.Percent;
            }

            _others = named is > 0 and < 100 ? (100 - named) / 100.0 * desired
                : _desired.TryGetValue(Rest, out var rest) ? rest
                : null;
            FindBounds();
        }

        public double Score(string? value) => value is null ? -1 : _isEven ? Even(value) : Targeted(value);

        public void Add(string? value)
        {
            if (value is not null)
            {
                _used[value] = _used.GetValueOrDefault(value) + 1;
                FindBounds();
            }
        }

        private double Targeted(string value)
        {
            if ((_desired.TryGetValue(value, out var found) ? found : _others) is not { } desired)
            {
                return -1;
            }

            return desired > 0 ? Missing(desired, _used.GetValueOrDefault(value)) : _worst;
        }

        /// <summary>With the one to be placed: a value that has its share already is not made better by one more.</summary>
        private double Missing(double desired, int used) => (desired - (used + 1)) / desired * _weight;

        private double Even(string value)
        {
            if (_used.Count == 0)
            {
                return 0;
            }

            var here = _used.GetValueOrDefault(value);
            if (here != _least)
            {
                return here < _least ? 1 : _least == 0 ? -1 : (double)(_least - here) / _least;
            }

            return _least == _most ? -1 : _least == 0 ? 1 : (double)(_most - _least) / _least;
        }

        private void FindBounds()
        {
            (_least, _most) = (int.MaxValue, 0);
            foreach (var count in _used.Values)
            {
                _least = Math.Min(_least, count);
                _most = Math.Max(_most, count);
            }

            // What shall have nothing is never better than what has far too much (Nomad keeps the lowest boost for it).
            foreach (var (value, count) in _used)
            {
                if ((_desired.TryGetValue(value, out var found) ? found : _others) is > 0 and var desired)
                {
                    _worst = Math.Min(_worst, Missing(desired, count));
                }
            }
        }
    }
}
