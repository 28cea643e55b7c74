using Saas.Cluster;
using Saas.Hosting.Modules;
using Saas.Identity.Access;

namespace Saas.Provisioning.Nodes;

internal static class NodeRequests
{
    public static RouteAccess OnNode(string action) => RouteAccess.Requires(action, request => ResourceNames.Node(request.Route("nodeId")));

    /// <summary>The node of the path; null if the tenant has no such node, or revoked it.</summary>
    public static async ValueTask<NodeRecord?> FindAsync(ApiRequest request, CancellationToken ct) =>
        await NodeRows.FindAsync(request.Tenant, request.Route("nodeId"), ct) is { Revoked: false } node ? node : null;
}
