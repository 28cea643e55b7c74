using Saas.Discovery.Model;
using Saas.Registry.Log;

namespace Saas.Registry.State;

/// <summary>
/// How commands change the catalog: every change with what follows from it elsewhere. Commands apply catalog changes
/// through these and not by themselves.
/// </summary>
internal static class CatalogCommands
{
    public static void PutNode(this Draft draft, Node node) => draft.Apply(new NodePut(node));

    public static void RemoveNode(this Draft draft, string node) => draft.Apply(new NodeRemoved(node));

    public static void PutService(this Draft draft, string node, ServiceInstance service) => draft.Apply(new ServicePut(node, service));

    public static void RemoveService(this Draft draft, string node, string serviceId) => draft.Apply(new ServiceRemoved(node, serviceId));

    public static void PutCheck(this Draft draft, HealthCheck check) => draft.Apply(new CheckPut(check));

    public static void RemoveCheck(this Draft draft, string node, string checkId) => draft.Apply(new CheckRemoved(node, checkId));
}
