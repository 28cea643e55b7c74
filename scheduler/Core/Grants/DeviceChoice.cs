using Saas.Scheduler.Core.Feasibility;
using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Grants;

/// <summary>
/// Which of a node's device groups serves an ask: one that the name and the constraints admit, with enough instances
/// free, and of several the one the affinities like best (Nomad's device scheduling).
/// </summary>
internal static class DeviceChoice
{
    /// <summary>Null: the node lacks some of it.</summary>
    public static IReadOnlyList<GrantedDevice>? Choose(NodeSpec node, IReadOnlyList<DeviceAsk> asks, NodeGrants taken)
    {
        if (asks.Count == 0)
        {
            return [];
        }

        var granted = new List<GrantedDevice>(asks.Count);
        foreach (var ask in asks)
        {
            if (BestOf(node, ask, taken, granted) is not { } best)
            {
                return null;
            }

            granted.Add(Grant(ask, best, taken, granted));
        }

        return granted;
    }

    /// <summary>The weights that the groups match which <see cref="Choose"/> would choose, of all there are: -1 to 1.</summary>
    public static double Affinity(NodeSpec node, IReadOnlyList<DeviceAsk> asks, NodeGrants taken)
    {
        double matched = 0;
        double total = 0;
        var granted = new List<GrantedDevice>(asks.Count);
        foreach (var ask in asks)
        {
            total += ask.Affinities.Sum(static affinity => Math.Abs((double)affinity.Weight));
            if (BestOf(node, ask, taken, granted) is { } best)
            {
                matched += Weight(best, ask);
                granted.Add(Grant(ask, best, taken, granted));
            }
        }

        return total > 0 ? matched / total : 0;
    }

    /// <summary><c>type</c>, <c>vendor/type</c> or <c>vendor/type/name</c>.</summary>
    public static bool Names(string name, NodeDevices group)
    {
        var parts = name.Split('/', 3);
        return parts.Length switch
        {
            1 => parts[0] == group.Type,
            2 => parts[0] == group.Vendor && parts[1] == group.Type,
            _ => parts[0] == group.Vendor && parts[1] == group.Type && parts[2] == group.Name,
        };
    }

    private static GrantedDevice Grant(DeviceAsk ask, NodeDevices group, NodeGrants taken, List<GrantedDevice> granted) =>
        new(ask.Task, group.Vendor, group.Type, group.Name, [.. Free(group, taken, granted).Take(ask.Count)]);

    private static NodeDevices? BestOf(NodeSpec node, DeviceAsk ask, NodeGrants taken, List<GrantedDevice> granted)
    {
        NodeDevices? best = null;
        var bestWeight = 0;
        foreach (var group in node.Devices)
        {
            if (!Names(ask.Name, group)
                || !ask.Constraints.All(constraint => constraint.Holds(group))
                || Free(group, taken, granted).Take(ask.Count).Count() < ask.Count)
            {
                continue;
            }

            var weight = Weight(group, ask);
            if (best is null || weight > bestWeight)
            {
                (best, bestWeight) = (group, weight);
            }
        }

        return best;
    }

    private static int Weight(NodeDevices group, DeviceAsk ask) =>
        ask.Affinities.Where(affinity => affinity.Constraint.Holds(group)).Sum(static affinity => affinity.Weight);

    private static IEnumerable<string> Free(NodeDevices group, NodeGrants taken, List<GrantedDevice> granted) =>
        group.Ids.Where(id => !taken.IsTaken(group, id) && !granted.Exists(other =>
            (other.Vendor, other.Type, other.Name) == (group.Vendor, group.Type, group.Name) && other.Ids.Contains(id)));
}
