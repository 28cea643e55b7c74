using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;

namespace Saas.Scheduler.Core.Tests.Oracle;

/// <summary>
/// Where the next allocation of a group may go, and how good each place is: every node asked for everything, as Nomad's
/// documentation describes it (scheduling/placement; the job specification's spread, affinity, device, constraint), with
/// what this product adds: pools to burst into, price, data classes. Slow, and without any state of its own.
/// </summary>
/// <param name="mates">The job's allocations that shall run, with those placed already.</param>
internal sealed class PlacementOracle(
    Paper paper, PlacementSettings settings, JobSpec job, GroupSpec group, IReadOnlyList<(string Group, string NodeId)> mates)
{
    /// <summary>All nodes that may have it and would have room if <paramref name="gone"/> were not there.</summary>
    public IReadOnlyList<Offer> Offers(PlaceItem item, Func<NodeSpec, IReadOnlyList<AllocationState>> gone) =>
    [
        .. paper.Nodes.Where(node => MayHave(node, item) && paper.Fits(node, group.Ask, gone(node))).Select(node => OfferOf(node, item, gone(node))),
    ];

    public Offer OfferOf(NodeSpec node, PlaceItem item, IReadOnlyList<AllocationState> gone) =>
        new(node, Tier(node)!.Value, group.Cheapest ? Cost(node) : 0, Parts(node, item, gone).Average());

    public bool MayHave(NodeSpec node, PlaceItem item) =>
        (item.NodeId is null || item.NodeId == node.Id)
        && node is { Status: NodeStatus.Ready, Eligible: true, Drain: null }
        && Tier(node) is not null
        && job.Datacenters.Any(pattern => PaperRules.DatacenterFits(pattern, node.Datacenter))
        && group.Drivers.All(driver => node.Drivers.TryGetValue(driver, out var healthy) && healthy)
        && group.Volumes.All(volume => node.Volumes.TryGetValue(volume.Source, out var readOnly) && (volume.ReadOnly || !readOnly))
        && (group.DataClass is null || (node.Meta.GetValueOrDefault("residency.data_classes") ?? "").Split(',', StringSplitOptions.TrimEntries).Contains(group.DataClass))
        && job.Constraints.Concat(group.Constraints).All(constraint => PaperRules.Holds(constraint, node))
        && IsDistinct(node);

    private int? Tier(NodeSpec node)
    {
        if (job.NodePool == "all" || job.NodePool == node.Pool)
        {
            return 0;
        }

        var burst = group.DataClass is null ? group.BurstPools.ToList().IndexOf(node.Pool) : -1;
        return burst < 0 ? null : burst + 1;
    }

    private long Cost(NodeSpec node) => (long)Math.Round(node.PricePerHourMicros * Math.Max(
        Share(Paper.Mhz(node, group.Ask), node.CpuMhz), Share(group.Ask.MemoryMb, node.MemoryMb)));

    private static double Share(long asked, int total) => total == 0 ? 1 : Math.Min(1, (double)asked / total);

    private bool IsDistinct(NodeSpec node)
    {
        foreach (var (constraint, counted) in job.Constraints.Select(constraint => (constraint, mates))
            .Concat(group.Constraints.Select(constraint => (constraint, OfGroup()))))
        {
            if (constraint.Operand == "distinct_hosts" && constraint.Right != "false" && counted.Any(mate => mate.NodeId == node.Id))
            {
                return false;
            }

            if (constraint.Operand == "distinct_property"
                && UsesOf(constraint.Left, PaperRules.Value(constraint.Left, node)!, counted) >= (constraint.Right == "" ? 1 : int.Parse(constraint.Right, null)))
            {
                return false;
            }
        }

        return true;
    }

    private IReadOnlyList<(string Group, string NodeId)> OfGroup() => [.. mates.Where(mate => mate.Group == group.Name)];

    private int UsesOf(string attribute, string value, IReadOnlyList<(string Group, string NodeId)> counted) =>
        counted.Count(mate => paper.Nodes.SingleOrDefault(node => node.Id == mate.NodeId) is { } node && PaperRules.Value(attribute, node) == value);

    /// <summary>The score of each rule that has something to say.</summary>
    private IEnumerable<double> Parts(NodeSpec node, PlaceItem item, IReadOnlyList<AllocationState> gone)
    {
        AllocationState[] staying = [.. paper.On(node).Where(allocation => !gone.Contains(allocation))];
        ResourceAsk[] all = [.. staying.Select(static allocation => allocation.Ask), group.Ask];
        var cpu = node.CpuMhz == 0 ? 0 : 1 - ((double)all.Sum(ask => Paper.Mhz(node, ask)) / node.CpuMhz);
        var memory = node.MemoryMb == 0 ? 0 : 1 - ((double)all.Sum(static ask => (long)ask.MemoryMb) / node.MemoryMb);
        var power = Math.Pow(10, cpu) + Math.Pow(10, memory);
        yield return Math.Clamp(settings.Spread ? power - 2 : 20 - power, 0, 18) / 18;

        var wishes = group.Ask.Devices.SelectMany(static device => device.Affinities).ToArray();
        if (wishes.Length > 0)
        {
            var matched = Paper.DevicesFor(node, group.Ask, staying)!.Zip(group.Ask.Devices).Sum(static pair => Paper.Liking(pair.Second, pair.First));
            yield return (double)matched / wishes.Sum(static wish => Math.Abs(wish.Weight));
        }

        Affinity[] affinities = [.. job.Affinities, .. group.Affinities];
        var liked = affinities.Where(affinity => PaperRules.Holds(affinity.Constraint, node)).Sum(static affinity => affinity.Weight);
        if (liked != 0)
        {
            yield return (double)liked / affinities.Sum(static affinity => Math.Abs(affinity.Weight));
        }

        var collisions = OfGroup().Count(mate => mate.NodeId == node.Id);
        if (collisions > 0)
        {
            yield return Math.Max(-1, -(collisions + 1.0) / group.Count);
        }

        // A system job's allocation has nowhere else to go.
        if (item.NodeId is null && item.PenaltyNodes is { } penalised && penalised.Contains(node.Id))
        {
            yield return -1;
        }

        Spread[] spreads = [.. job.Spreads, .. group.Spreads];
        var spread = spreads.Sum(one => SpreadOf(one, node, (double)one.Weight / spreads.Sum(static other => other.Weight)));
        if (spread != 0)
        {
            yield return spread;
        }
    }

    private double SpreadOf(Spread spread, NodeSpec node, double weight)
    {
        if (PaperRules.Value(spread.Attribute, node) is not { } value)
        {
            return -1;
        }

        var values = OfGroup().Select(mate => paper.Nodes.SingleOrDefault(other => other.Id == mate.NodeId))
            .Select(mate => mate is null ? null : PaperRules.Value(spread.Attribute, mate)).OfType<string>().ToArray();
        var uses = values.GroupBy(static used => used).ToDictionary(static used => used.Key, static used => used.Count());
        var here = uses.GetValueOrDefault(value);
        if (spread.Targets.Count == 0)
        {
            // The values in use, evened out: below the least is good, above it bad, and where all are even, any is.
            return uses.Count == 0 ? 0
                : here != uses.Values.Min() ? (double)(uses.Values.Min() - here) / uses.Values.Min()
                : here == uses.Values.Max() ? -1
                : (double)(uses.Values.Max() - here) / here;
        }

        if (Desired(value) is not { } desired)
        {
            return -1;
        }

        return desired > 0
            ? Boost(desired, here)
            : uses.Where(used => Desired(used.Key) > 0).Select(used => Boost(Desired(used.Key)!.Value, used.Value)).Append(-1).Min();

        double Boost(double share, int used) => (share - (used + 1)) / share * weight;

        double? Desired(string of)
        {
            var named = spread.Targets.Sum(static target => target.Percent);
            return spread.Targets.FirstOrDefault(target => target.Value == of) is { } target ? target.Percent / 100.0 * group.Count
                : named is > 0 and < 100 ? (100.0 - named) / 100.0 * group.Count
                : null;
        }
    }
}

/// <param name="Tier">0: the job's own pool.</param>
/// <param name="Cost">0 where the group does not ask for the cheapest.</param>
internal sealed record Offer(NodeSpec Node, int Tier, long Cost, double Score);
