using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Ranking;

/// <summary>The weights of the affinities a node matches, of all there are: -1 to 1. Judged once per computed class where that is enough.</summary>
internal sealed class NodeAffinity
{
    private readonly NodeTable _nodes;
    private readonly Affinity[] _affinities;
    private readonly double _total;
    private readonly bool _differsWithinClass;
    private double?[] _byClass = [];

    public NodeAffinity(NodeTable nodes, JobSpec job, GroupSpec group)
    {
        _nodes = nodes;
        _affinities = [.. job.Affinities, .. group.Affinities];
        _total = _affinities.Sum(static affinity => Math.Abs((double)affinity.Weight));
        _differsWithinClass = _affinities.Any(static affinity => affinity.Constraint.DiffersWithinClass);
        MayBeNegative = _affinities.Any(static affinity => affinity.Weight < 0)
            || group.Ask.Devices.Any(static device => device.Affinities.Any(static affinity => affinity.Weight < 0));
    }

    /// <summary>Some node may score below 0 by it, or by an affinity to devices.</summary>
    public bool MayBeNegative { get; }

    public bool IsEmpty => _affinities.Length == 0;

    /// <summary>0: it has nothing to say.</summary>
    public double Score(int slot)
    {
        if (_affinities.Length == 0)
        {
            return 0;
        }

        if (_differsWithinClass)
        {
            return Judge(_nodes.SpecOf(slot)!);
        }

        var number = _nodes.ClassOf[slot];
        if (number >= _byClass.Length)
        {
            Array.Resize(ref _byClass, Math.Max(number + 1, _nodes.Classes.All.Count));
        }

        return _byClass[number] ??= Judge(_nodes.Classes.All[number]);
    }

    private double Judge(NodeSpec node)
    {
        double matched = 0;
        foreach (var affinity in _affinities)
        {
            matched += affinity.Constraint.Holds(node) ? affinity.Weight : 0;
        }

        return _total > 0 ? matched / _total : 0;
    }
}
