using Saas.Discovery.Catalog;
using Saas.Discovery.Model;
using Saas.Discovery.Sync;
using Saas.Registry.Consul;
using Saas.Registry.State;

namespace Saas.Registry.Catalog;

/// <summary>What one catalog allows of its nodes together.</summary>
internal static class NodeRules
{
    private const int MaxNodes = 100_000;

    /// <summary>
    /// Who has a node's id may rename it. A name that a living node has under another id is not given away; one whose
    /// agent is dead, or that never had one, is.
    /// </summary>
    /// <exception cref="RegistryException">500, in Consul's words.</exception>
    public static void RefuseClash(CatalogState catalog, Node node)
    {
        if (string.Equals(node.Name, RegistryState.OwnNode, StringComparison.OrdinalIgnoreCase))
        {
            throw RegistryException.BadRequest($"Node {RegistryState.OwnNode} is the registry's own: it cannot be changed");
        }

        var known = node.ID.Length > 0 ? catalog.FindNodeById(node.ID) : null;
        if (node.ID.Length == 0 || (known is not null && string.Equals(known.Node.Name, node.Name, StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        if (catalog.FindNode(node.Name) is { } named && (named.Node.ID.Length > 0 || known is not null) && IsAlive(named))
        {
            var who = known is null ? $"\"{node.ID}\"" : $"\"{node.ID}\" ({node.Address})";
            throw RegistryException.Server(
                $"failed inserting node: Error while renaming Node ID: {who}: Node name {node.Name} is reserved by node {named.Node.ID} with name {named.Node.Name} ({named.Node.Address})");
        }
    }

    /// <exception cref="RegistryException">400</exception>
    public static void RefuseTooMuch(CatalogState catalog, string node)
    {
        var entry = catalog.FindNode(node)!;
        if (entry.Services.Count > SyncProtocol.MaxServices || entry.Checks.Count > SyncProtocol.MaxChecks)
        {
            throw RegistryException.BadRequest(
                $"Node {node} is full: it can have at most {SyncProtocol.MaxServices} services and {SyncProtocol.MaxChecks} checks");
        }

        if (catalog.NodeCount > MaxNodes)
        {
            throw RegistryException.BadRequest($"The catalog is full: it can have at most {MaxNodes} nodes");
        }
    }

    private static bool IsAlive(NodeEntry node) =>
        node.Checks.GetValueOrDefault(HealthStatus.AgentAlive) is { } alive && alive.Status != HealthStatus.Critical;
}
