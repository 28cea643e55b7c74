using System.Runtime.InteropServices;
using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Selection;

/// <summary>How many nodes a shape was offered, and what filtered the others. Counted anew only when nodes came, went, opened or closed.</summary>
internal sealed class FeasibilityCounts(NodeTable nodes, GroupFeasibility feasibility)
{
    private Counted? _counted;
    private int _openness = -1;

    public Counted Now
    {
        get
        {
            if (_counted is null || _openness != nodes.Openness)
            {
                (_counted, _openness) = (Count(), nodes.Openness);
            }

            return _counted;
        }
    }

    private Counted Count()
    {
        var counted = new Counted();
        for (var slot = 0; slot < nodes.SlotCount; slot++)
        {
            if (!nodes.Open[slot])
            {
                continue;
            }

            var node = nodes.SpecOf(slot)!;
            CollectionsMarshal.GetValueRefOrAddDefault(counted.Available, node.Datacenter, out _)++;
            counted.InPool += feasibility.IsInPools(slot) ? 1 : 0;
            if (!feasibility.IsInReach(slot))
            {
                continue;
            }

            counted.Evaluated++;
            if (feasibility.Reject(slot) is { } reason)
            {
                counted.Filtered++;
                CollectionsMarshal.GetValueRefOrAddDefault(counted.ByConstraint, reason, out _)++;
                if (node.Class.Length > 0)
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(counted.ByClass, node.Class, out _)++;
                }
            }
        }

        return counted;
    }

    /// <summary>Shared by all who ask, until it is counted anew: not to be changed.</summary>
    internal sealed class Counted
    {
        public int InPool { get; set; }
        public int Evaluated { get; set; }
        public int Filtered { get; set; }
        public Dictionary<string, int> Available { get; } = [];
        public Dictionary<string, int> ByConstraint { get; } = [];
        public Dictionary<string, int> ByClass { get; } = [];
    }
}
