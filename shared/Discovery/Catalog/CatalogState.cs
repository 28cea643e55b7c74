using System.Collections.Immutable;
using Saas.Discovery.Model;

namespace Saas.Discovery.Catalog;

/// <summary>
/// The catalog at one index: nodes, services and checks. Immutable; a change gives another state, which shares with this
/// one all that did not change. A change that changes nothing gives the very same state.
/// </summary>
public sealed partial record CatalogState
{
    public static readonly CatalogState Empty = new();

    private ImmutableSortedDictionary<string, NodeEntry> ByNode { get; init; } =
        ImmutableSortedDictionary.Create<string, NodeEntry>(StringComparer.OrdinalIgnoreCase);

    private ImmutableSortedDictionary<string, ServiceEntry> ByService { get; init; } =
        ImmutableSortedDictionary.Create<string, ServiceEntry>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of nodes by the id (a UUID) of those that have one.</summary>
    private ImmutableDictionary<string, string> NameById { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The last change of the list of nodes; 0 before the first.</summary>
    public ulong NodesIndex { get; private init; }

    /// <summary>The last change of the list of services, or of one's instances and tags.</summary>
    public ulong ServicesIndex { get; private init; }

    /// <summary>The last change of any check.</summary>
    public ulong ChecksIndex { get; private init; }

    /// <summary>What is gone, so that a reader who was here before can be told.</summary>
    public Departures Departed { get; private init; } = Departures.None;

    /// <summary>The last change of anything here.</summary>
    public ulong Index => Math.Max(NodesIndex, Math.Max(ServicesIndex, ChecksIndex));

    /// <summary>By name.</summary>
    public IEnumerable<NodeEntry> Nodes => ByNode.Values;

    public int NodeCount => ByNode.Count;

    /// <summary>By name.</summary>
    public IEnumerable<ServiceEntry> Services => ByService.Values;

    public int ServiceCount => ByService.Count;

    public NodeEntry? FindNode(string name) => ByNode.GetValueOrDefault(name);

    public NodeEntry? FindNodeById(string id) => NameById.TryGetValue(id, out var name) ? FindNode(name) : null;

    public ServiceEntry? FindService(string name) => ByService.GetValueOrDefault(name);

    /// <summary>The service's instances by node and id; none where there is no such service.</summary>
    public IReadOnlyList<CheckServiceNode> InstancesOf(string service) => FindService(service)?.Resolve(this) ?? [];

    /// <summary>
    /// When the answer to a question about the service last changed. Of one that is not there: when a service last went,
    /// which is not before it did.
    /// </summary>
    public ulong IndexOfService(string name) => FindService(name)?.Index ?? Departed.LastService;

    /// <summary>When the answer to a question about the node last changed; of one that is not there, when a node last went.</summary>
    public ulong IndexOfNode(string name) => FindNode(name)?.Index ?? Departed.LastNode;

    internal IReadOnlyList<CheckServiceNode> Resolve(ServiceEntry entry)
    {
        var instances = new CheckServiceNode[entry.Instances.Count];
        var next = 0;
        foreach (var key in entry.Instances)
        {
            var node = ByNode[key.Node];
            instances[next++] = new CheckServiceNode(node.Node, node.Services[key.ServiceId], node.ChecksOf(key.ServiceId));
        }

        return instances;
    }
}
