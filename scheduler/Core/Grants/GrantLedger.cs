using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Grants;

/// <summary>
/// Which ports and device instances of each node are taken, and which an allocation would get. Nodes of which nothing
/// was ever granted cost nothing. Not safe for concurrent use.
/// </summary>
internal sealed class GrantLedger(NodeTable nodes)
{
    private readonly Dictionary<int, NodeGrants> _nodes = [];

    public void Add(int slot, Grant grant)
    {
        if (!_nodes.TryGetValue(slot, out var taken))
        {
            taken = new NodeGrants();
            _nodes.Add(slot, taken);
        }

        taken.Add(grant);
    }

    public void Remove(int slot, Grant grant)
    {
        if (_nodes.TryGetValue(slot, out var taken) && taken.Remove(grant))
        {
            _nodes.Remove(slot);
        }
    }

    /// <summary><see cref="ResourceDimension.None"/>: the node can give what is asked.</summary>
    public ResourceDimension Lacks(int slot, ResourceAsk ask) =>
        ask.AsksForThings ? Lacks(nodes.SpecOf(slot)!, ask, _nodes.GetValueOrDefault(slot)) : ResourceDimension.None;

    /// <summary>As if <paramref name="spared"/> were not granted any more.</summary>
    public ResourceDimension LacksWithout(int slot, ResourceAsk ask, IEnumerable<Grant> spared)
    {
        if (!ask.AsksForThings)
        {
            return ResourceDimension.None;
        }

        var taken = _nodes.GetValueOrDefault(slot)?.Without(spared);
        return Lacks(nodes.SpecOf(slot)!, ask, taken);
    }

    /// <summary>What the allocation gets; null: it asks for nothing. The node must not lack anything.</summary>
    /// <param name="spared">Counts as not granted.</param>
    /// <param name="seed">Where the search for free dynamic ports begins, so that a port just given back is not given away at once.</param>
    public Grant? Take(int slot, ResourceAsk ask, IEnumerable<Grant> spared, ulong seed)
    {
        if (!ask.AsksForThings)
        {
            return null;
        }

        var taken = _nodes.GetValueOrDefault(slot)?.Without(spared) ?? new NodeGrants();
        var node = nodes.SpecOf(slot)!;
        return new Grant(PortChoice.Choose(node, ask.Ports, taken, seed), DeviceChoice.Choose(node, ask.Devices, taken)!);
    }

    /// <summary>Of the device affinities, -1 to 1.</summary>
    /// <param name="spared">Counts as not granted.</param>
    public double DeviceAffinity(int slot, ResourceAsk ask, IReadOnlyList<Grant> spared) => DeviceChoice.Affinity(
        nodes.SpecOf(slot)!, ask.Devices, _nodes.GetValueOrDefault(slot)?.Without(spared) ?? NodeGrants.None);

    private static ResourceDimension Lacks(NodeSpec node, ResourceAsk ask, NodeGrants? taken)
    {
        taken ??= NodeGrants.None;
        if (!PortChoice.Fits(node, ask.Ports, taken))
        {
            return ResourceDimension.Ports;
        }

        return ask.Devices.Count > 0 && DeviceChoice.Choose(node, ask.Devices, taken) is null
            ? ResourceDimension.Devices
            : ResourceDimension.None;
    }
}
