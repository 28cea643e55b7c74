using Saas.Discovery.Model;
using Saas.Discovery.Sync;

namespace Saas.Discovery.Catalog;

public sealed partial record CatalogState
{
    /// <summary>What changed since <paramref name="since"/>; everything where that is 0, or longer ago than is remembered.</summary>
    /// <param name="index">The index of this state: what the answer is to be continued with.</param>
    public CatalogDelta DeltaSince(ulong since, ulong index, string datacenter)
    {
        var isFull = since == 0 || since < Departed.Floor || since > index;
        return new CatalogDelta
        {
            Index = index,
            Datacenter = datacenter,
            Full = isFull,
            Nodes =
            [
                .. Nodes.Where(n => isFull || n.Index > since)
                    .Select(n => new NodeSnapshot(n.Node, [.. n.Services.Values], [.. n.Checks.Values], n.Index)),
            ],
            RemovedNodes = isFull
                ? []
                : [.. Departed.Queue.Where(d => d.IsNode && d.Index > since && FindNode(d.Name) is null).Select(d => d.Name).Distinct(StringComparer.OrdinalIgnoreCase)],
        };
    }

    /// <summary>This catalog with the changes of another instance's; objects that changed bear the delta's index.</summary>
    public CatalogState WithDelta(CatalogDelta delta, ICollection<string> touched)
    {
        var next = this;
        var gone = delta.Full
            ? Nodes.Select(n => n.Node.Name).Except(delta.Nodes.Select(n => n.Node.Name), StringComparer.OrdinalIgnoreCase)
            : delta.RemovedNodes;
        foreach (var name in gone)
        {
            next = next.WithoutNode(name, delta.Index, touched);
        }

        foreach (var node in delta.Nodes)
        {
            if (next.FindNode(node.Node.Name) is { } found && found.Node.Name != node.Node.Name)
            {
                // It went, and came again written otherwise.
                next = next.WithoutNode(found.Node.Name, delta.Index, touched);
            }

            next = next.WithWholeNode(node.Node, node.Services, node.Checks, delta.Index, touched);
        }

        return next;
    }

    /// <summary>The node exactly so: what is on it beside is removed.</summary>
    public CatalogState WithWholeNode(
        Node node, IReadOnlyList<ServiceInstance> services, IReadOnlyList<HealthCheck> checks, ulong index, ICollection<string> touched)
    {
        var next = WithNode(node, index, touched);
        var before = next.FindNode(node.Name)!;
        foreach (var id in before.Services.Keys.Except(services.Select(s => s.ID)))
        {
            next = next.WithoutService(node.Name, id, index, touched);
        }

        foreach (var service in services)
        {
            next = next.WithService(node.Name, service, index, touched);
        }

        foreach (var id in before.Checks.Keys.Except(checks.Select(c => c.CheckID)))
        {
            next = next.WithoutCheck(node.Name, id, index, touched);
        }

        foreach (var check in checks)
        {
            next = next.WithCheck(check, index, touched);
        }

        return next;
    }
}
