using Saas.Discovery.Catalog;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;
using Saas.Registry.Log;
using Saas.Registry.State;

namespace Saas.Registry.Catalog;

/// <summary>
/// PUT /v1/catalog/deregister: a service with its checks, or a check, or a node with all that is on it. What is not there
/// is deregistered already.
/// </summary>
internal static class DeregisterNode
{
    public static void Map(IRouteTable routes) => routes.MapCatalogWrite(
        "/v1/catalog/deregister",
        "Removes a service, a check or a node.",
        CatalogBodies.Default.DeregistrationBody,
        static body => body.Datacenter,
        ResourceAsync,
        static write =>
        {
            var (node, service, check) = (NodeOf(write.Body), write.Body.ServiceID ?? "", write.Body.CheckID ?? "");
            var mayAll = write.Allows("node/" + node);
            return write.Request.ExecuteAsync(draft =>
            {
                if (!mayAll)
                {
                    // What was found before the change may be another's by now.
                    write.Demand("service/" + ServiceOf(draft.State.Catalog.FindNode(node), service, check));
                }

                return Run(draft, node, service, check);
            });
        });

    /// <summary>Who may write the node may remove what is on it; else it takes a right to the service.</summary>
    private static async ValueTask<string> ResourceAsync(CatalogWrite<DeregistrationBody> write, CancellationToken ct)
    {
        var node = NodeOf(write.Body);
        var ofNode = "node/" + node;
        if (write.Allows(ofNode))
        {
            return ofNode;
        }

        var found = (await write.Request.ReadAsync(ct)).Catalog.FindNode(node);
        var service = ServiceOf(found, write.Body.ServiceID ?? "", write.Body.CheckID ?? "");
        return service.Length > 0 ? "service/" + service : ofNode;
    }

    /// <summary>The name of the service meant; empty: the node, or a check of it, is.</summary>
    private static string ServiceOf(NodeEntry? node, string service, string check) => (service, check) switch
    {
        ({ Length: > 0 }, _) => node?.Services.GetValueOrDefault(service)?.Name ?? throw RegistryException.Server($"Unknown service ID '{service}'"),
        (_, { Length: > 0 }) => (node?.Checks.GetValueOrDefault(check) ?? throw RegistryException.Server($"Unknown check ID '{check}'")).ServiceName,
        _ => "",
    };

    private static bool Run(Draft draft, string node, string service, string check)
    {
        if (service.Length > 0)
        {
            draft.RemoveService(node, service);
        }
        else if (check.Length > 0)
        {
            draft.RemoveCheck(node, check);
        }
        else if (string.Equals(node, RegistryState.OwnNode, StringComparison.OrdinalIgnoreCase))
        {
            throw RegistryException.BadRequest($"Node {RegistryState.OwnNode} is the registry's own: it cannot be removed");
        }
        else
        {
            draft.RemoveNode(node);
        }

        return true;
    }

    private static string NodeOf(DeregistrationBody body) => body.Node is { Length: > 0 } node ? node : throw RegistryException.Server("Must provide node");
}
