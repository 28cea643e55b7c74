using Saas.Discovery.Catalog;
using Saas.Discovery.Filter;
using Saas.Discovery.Model;

namespace Saas.Discovery.Queries;

/// <summary>
/// What Consul's reading endpoints select from a catalog, in the order they list it: nodes and services by name, instances
/// by node and id, checks by node and id. Pure.
/// </summary>
public static class CatalogQueries
{
    /// <summary>Shorter beginnings of ids are not looked for: they are names.</summary>
    public const int MinIdLength = 8;

    /// <summary>The node of the name; or the only one whose id is or begins with it.</summary>
    public static NodeEntry? FindNodeByNameOrId(this CatalogState catalog, string nameOrId)
    {
        if (catalog.FindNode(nameOrId) is { } named)
        {
            return named;
        }

        if (!IsIdPrefix(nameOrId))
        {
            return null;
        }

        var found = catalog.Nodes.Where(n => n.Node.ID.StartsWith(nameOrId, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        return found.Count == 1 ? found[0] : null;
    }

    /// <summary>Whether it may mean a node by its id: then which one depends on all nodes.</summary>
    public static bool IsIdPrefix(string text) =>
        text.Length >= MinIdLength && text.All(static c => char.IsAsciiHexDigit(c) || c == '-');

    /// <param name="nodeMeta">See <see cref="NodeMeta.Holds"/>.</param>
    /// <param name="datacenter">Where the catalog is: filters may name it.</param>
    public static IEnumerable<Node> NodesWhere(
        this CatalogState catalog, IReadOnlyDictionary<string, string> nodeMeta, FilterExpression<Node>? filter, string datacenter) =>
        catalog.Nodes.Select(static entry => entry.Node).Where(node =>
            NodeMeta.Holds(nodeMeta, node) && (filter is null || filter.Matches(node with { Datacenter = datacenter })));

    /// <summary>Names with the tags of all instances selected, each once, in order; without names that none is selected of.</summary>
    public static IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> ServiceNames(
        this CatalogState catalog, InstanceSelection selection, string datacenter)
    {
        foreach (var service in catalog.Services)
        {
            var tags = new SortedSet<string>(StringComparer.Ordinal);
            var isThere = false;
            foreach (var instance in selection.Of(catalog.InstancesOf(service.Name), datacenter))
            {
                isThere = true;
                tags.UnionWith(instance.Service.Tags);
            }

            if (isThere)
            {
                yield return KeyValuePair.Create(service.Name, (IReadOnlyList<string>)[.. tags]);
            }
        }
    }

    /// <summary>The services on a node, by id.</summary>
    public static IEnumerable<ServiceInstance> ServicesOf(NodeEntry? node, FilterExpression<ServiceInstance>? filter) =>
        node is null ? [] : node.Services.Values.Where(service => filter is null || filter.Matches(service));

    /// <summary>The checks of a node and of the services on it.</summary>
    public static IEnumerable<HealthCheck> ChecksOfNode(NodeEntry? node, FilterExpression<HealthCheck>? filter) =>
        node is null ? [] : node.Checks.Values.Where(check => filter is null || filter.Matches(check));

    /// <summary>The checks of a service's instances, without those of their nodes.</summary>
    public static IEnumerable<HealthCheck> ChecksOfService(
        this CatalogState catalog, string service, IReadOnlyDictionary<string, string> nodeMeta, FilterExpression<HealthCheck>? filter) =>
        from instance in catalog.InstancesOf(service)
        where NodeMeta.Holds(nodeMeta, instance.Node)
        from check in instance.Checks
        where !check.IsOfNode && (filter is null || filter.Matches(check))
        select check;

    /// <param name="status">One of <see cref="HealthStatus"/>, or <see cref="HealthStatus.Any"/>; nothing is in any other.</param>
    public static IEnumerable<HealthCheck> ChecksInState(
        this CatalogState catalog, string status, IReadOnlyDictionary<string, string> nodeMeta, FilterExpression<HealthCheck>? filter) =>
        from node in catalog.Nodes
        where NodeMeta.Holds(nodeMeta, node.Node)
        from check in node.Checks.Values
        where (status == HealthStatus.Any || check.Status == status) && (filter is null || filter.Matches(check))
        select check;
}
