using System.Collections.Immutable;
using Saas.Discovery.Model;

namespace Saas.Discovery.Catalog;

/// <summary>A catalog as it is stored and sent: every object keeps its indexes.</summary>
public sealed record CatalogSnapshot
{
    public required IReadOnlyList<NodeSnapshot> Nodes { get; init; }
    public required IReadOnlyDictionary<string, ulong> ServiceIndexes { get; init; }
    public ulong NodesIndex { get; init; }
    public ulong ServicesIndex { get; init; }
    public ulong ChecksIndex { get; init; }
    public ulong LastServiceGone { get; init; }
    public ulong LastNodeGone { get; init; }
}

/// <param name="Index">See <see cref="NodeEntry.Index"/>.</param>
public sealed record NodeSnapshot(Node Node, IReadOnlyList<ServiceInstance> Services, IReadOnlyList<HealthCheck> Checks, ulong Index);

public sealed partial record CatalogState
{
    public CatalogSnapshot ToSnapshot() => new()
    {
        Nodes = [.. Nodes.Select(n => new NodeSnapshot(n.Node, [.. n.Services.Values], [.. n.Checks.Values], n.Index))],
        ServiceIndexes = ByService.ToDictionary(s => s.Value.Name, s => s.Value.Index),
        NodesIndex = NodesIndex,
        ServicesIndex = ServicesIndex,
        ChecksIndex = ChecksIndex,
        LastServiceGone = Departed.LastService,
        LastNodeGone = Departed.LastNode,
    };

    public static CatalogState FromSnapshot(CatalogSnapshot snapshot)
    {
        var nodes = Empty.ByNode.ToBuilder();
        var ids = Empty.NameById.ToBuilder();
        var instances = new Dictionary<string, ImmutableSortedSet<InstanceKey>.Builder>(StringComparer.OrdinalIgnoreCase);
        foreach (var node in snapshot.Nodes)
        {
            var entry = NodeEntry.Of(node.Node, node.Index);
            nodes[node.Node.Name] = entry with
            {
                Services = entry.Services.AddRange(node.Services.Select(s => KeyValuePair.Create(s.ID, s))),
                Checks = entry.Checks.AddRange(node.Checks.Select(c => KeyValuePair.Create(c.CheckID, c))),
            };
            if (node.Node.ID.Length > 0)
            {
                ids[node.Node.ID] = node.Node.Name;
            }

            foreach (var service in node.Services)
            {
                if (!instances.TryGetValue(service.Name, out var keys))
                {
                    instances[service.Name] = keys = ImmutableSortedSet.CreateBuilder<InstanceKey>();
                }

                keys.Add(new InstanceKey(node.Node.Name, service.ID));
            }
        }

        var services = Empty.ByService.ToBuilder();
        foreach (var (name, index) in snapshot.ServiceIndexes)
        {
            services[name] = new ServiceEntry(name, instances[name].ToImmutable(), index);
        }

        var state = Empty with
        {
            ByNode = nodes.ToImmutable(),
            ByService = services.ToImmutable(),
            NameById = ids.ToImmutable(),
            NodesIndex = snapshot.NodesIndex,
            ServicesIndex = snapshot.ServicesIndex,
            ChecksIndex = snapshot.ChecksIndex,
        };
        return state with { Departed = Departures.Forgotten(state.Index, snapshot.LastServiceGone, snapshot.LastNodeGone) };
    }
}
