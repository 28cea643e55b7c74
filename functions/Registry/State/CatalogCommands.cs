using Saas.Discovery.Model;
using Saas.Registry.Coordinates;
using Saas.Registry.Log;
using Saas.Registry.Sessions;

namespace Saas.Registry.State;

/// <summary>
/// How commands change the catalog: every change with what follows from it elsewhere. Commands apply catalog changes
/// through these and not by themselves.
/// </summary>
internal static class CatalogCommands
{
    /// <summary>A node that comes by its id with another name is renamed: what went by the old name is gone.</summary>
    public static void PutNode(this Draft draft, Node node)
    {
        var former = node.ID.Length == 0 ? null : draft.State.Catalog.FindNodeById(node.ID)?.Node.Name;
        draft.Apply(new NodePut(node));
        if (former is not null && !string.Equals(former, node.Name, StringComparison.OrdinalIgnoreCase))
        {
            CoordinateCommands.Forget(draft, former);
            draft.EndUnsupportedSessions(former);
        }
    }

    public static void RemoveNode(this Draft draft, string node)
    {
        draft.Apply(new NodeRemoved(node));
        CoordinateCommands.Forget(draft, node);
        draft.EndUnsupportedSessions(node);
    }

    /// <summary>A service that comes with another name loses the checks of the old one.</summary>
    public static void PutService(this Draft draft, string node, ServiceInstance service)
    {
        draft.Apply(new ServicePut(node, service));
        draft.EndUnsupportedSessions(node);
    }

    public static void RemoveService(this Draft draft, string node, string serviceId)
    {
        draft.Apply(new ServiceRemoved(node, serviceId));
        draft.EndUnsupportedSessions(node);
    }

    public static void PutCheck(this Draft draft, HealthCheck check)
    {
        draft.Apply(new CheckPut(check));
        if (check.Status == HealthStatus.Critical)
        {
            draft.EndUnsupportedSessions(check.Node);
        }
    }

    public static void RemoveCheck(this Draft draft, string node, string checkId)
    {
        draft.Apply(new CheckRemoved(node, checkId));
        draft.EndUnsupportedSessions(node);
    }
}
