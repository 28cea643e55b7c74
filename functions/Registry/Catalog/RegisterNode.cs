using Saas.Discovery.Catalog;
using Saas.Discovery.Model;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;
using Saas.Registry.Log;
using Saas.Registry.State;

namespace Saas.Registry.Catalog;

/// <summary>
/// PUT /v1/catalog/register: a node, a service on it and checks of both, all at once or not at all. What is there already
/// and says the same changes nothing and wakes nobody.
/// </summary>
internal static class RegisterNode
{
    public static void Map(IRouteTable routes) => routes.MapCatalogWrite(
        "/v1/catalog/register",
        "Registers a node, a service on it and checks.",
        CatalogBodies.Default.RegistrationBody,
        static body => body.Datacenter,
        static (write, _) => ValueTask.FromResult(write.Body.Service is { } service ? "service/" + NameOf(service) : "node/" + write.Body.Node),
        static write =>
        {
            var registration = Registration.Of(write.Body);
            return write.Request.ExecuteAsync(draft => Run(draft, registration, write));
        });

    /// <summary>Who registers a service may repeat its node as it is, without a right to change it.</summary>
    private static bool Run(Draft draft, Registration registration, CatalogWrite<RegistrationBody> write)
    {
        var node = registration.Node;
        var found = draft.State.Catalog.FindNode(node.Name);
        if (found is null || (!registration.SkipsNode && !SameNode(found.Node, node)))
        {
            write.Demand("node/" + node.Name);
            NodeRules.RefuseClash(draft.State.Catalog, node);
            draft.PutNode(node);
        }

        // As it was first registered, however it is written now.
        var name = draft.State.Catalog.FindNode(node.Name)!.Node.Name;
        if (registration.Service is { } service)
        {
            if (found?.Services.GetValueOrDefault(service.ID) is { } former && !string.Equals(former.Name, service.Name, StringComparison.OrdinalIgnoreCase))
            {
                write.Demand("service/" + former.Name);
            }

            draft.PutService(name, service);
        }

        foreach (var check in registration.Checks)
        {
            PutCheck(draft, registration, check with { Node = name }, write);
        }

        NodeRules.RefuseTooMuch(draft.State.Catalog, name);
        return true;
    }

    private static void PutCheck(Draft draft, Registration registration, HealthCheck check, CatalogWrite<RegistrationBody> write)
    {
        if (check.IsOfNode)
        {
            write.Demand("node/" + check.Node);
        }
        else
        {
            var service = draft.State.Catalog.FindNode(check.Node)!.Services.GetValueOrDefault(check.ServiceID)
                ?? throw RegistryException.Server($"Unknown service ID '{check.ServiceID}' for check ID '{check.CheckID}'");
            if (service.ID != registration.Service?.ID)
            {
                write.Demand("service/" + service.Name);
            }
        }

        draft.PutCheck(check);
    }

    private static bool SameNode(Node found, Node node) =>
        CatalogEquality.Same(found, node with { Name = found.Name });

    private static string NameOf(ServiceBody service) => service.Service is { Length: > 0 } name ? name : service.ID ?? "";
}
