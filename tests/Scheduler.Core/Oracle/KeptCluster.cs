using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Tests.Oracle;

/// <summary>A cluster that is kept and changed as the world changes, as its owner does between restarts.</summary>
internal sealed class KeptCluster
{
    private readonly Dictionary<string, NodeSpec> _nodes = [];
    private readonly Dictionary<string, AllocationState> _allocations = [];

    public Cluster Cluster { get; } = new();

    /// <summary>Tells the cluster what has changed since it was told last, in an order of its own.</summary>
    public void Follow(TestCluster world, Random random)
    {
        Cluster.Settings = world.Settings;
        var nodes = world.Nodes.ToDictionary(static node => node.Id);
        var allocations = world.All.ToDictionary(static entry => entry.State.Id, static entry => entry.State);
        List<Action> changes =
        [
            .. _nodes.Keys.Where(id => !nodes.ContainsKey(id)).Select(id => (Action)(() => Cluster.Remove(id))),
            .. nodes.Values.Where(node => !ReferenceEquals(node, _nodes.GetValueOrDefault(node.Id))).Select(node => (Action)(() => Cluster.Put(node))),
            .. allocations.Values.Where(after => !ReferenceEquals(after, _allocations.GetValueOrDefault(after.Id)))
                .Select(after => (Action)(() => Cluster.Replace(_allocations.GetValueOrDefault(after.Id), after))),
        ];
        foreach (var change in changes.OrderBy(_ => random.Next()).ToArray())
        {
            change();
        }

        foreach (var (project, quota) in world.Quotas)
        {
            Cluster.Quotas.Set(project, quota);
        }

        _nodes.Clear();
        _allocations.Clear();
        foreach (var node in nodes.Values)
        {
            _nodes.Add(node.Id, node);
        }

        foreach (var allocation in allocations.Values)
        {
            _allocations.Add(allocation.Id, allocation);
        }
    }

    /// <summary>All that planning reserves and releases, by node.</summary>
    public string Usage()
    {
        var (nodes, usage) = (Cluster.Nodes, Cluster.Usage);
        return string.Join('\n', Cluster.All.Select(node => nodes.SlotOf(node.Id)).Select(slot =>
            $"{nodes.IdOf(slot)}: {usage.FreeCpuWith(slot, ResourceAsk.None, default)} {usage.FreeMemoryWith(slot, ResourceAsk.None, default)}"
            + $" {usage.CountOf(slot, new ResourceAsk(0, 1, 0, 0), int.MaxValue)} {usage.CountOf(slot, new ResourceAsk(0, 0, 0, 1), int.MaxValue)}"
            + $" {usage.CountOf(slot, new ResourceAsk(0, 0, 0, 0, 1), int.MaxValue)}"
            + $" {nodes.AllocationsOf(slot).Count} {nodes.Leaving[slot]} {GrantsOf(slot)}"));
    }

    /// <summary>Which static ports and how many devices one could still have.</summary>
    private string GrantsOf(int slot)
    {
        var node = Cluster.Nodes.SpecOf(slot)!;
        var ports = node.Networks.SelectMany(static network => OracleWorld.StaticPorts.Select(port => new PortAsk("p", port, 0, network.Name)));
        return string.Concat(ports.Select(port => Cluster.Grants.Lacks(slot, ResourceAsk.None with { Ports = [port] }) == ResourceDimension.None ? '1' : '0'))
            + string.Concat(node.Devices.SelectMany(group => group.Ids.Select((_, i) => Cluster.Grants.Lacks(
                slot, ResourceAsk.None with { Devices = [new DeviceAsk("t", $"{group.Vendor}/{group.Type}/{group.Name}", i + 1)] }) == ResourceDimension.None ? '1' : '0')));
    }
}
