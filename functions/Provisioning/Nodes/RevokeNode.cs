using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Agents;
using Saas.Provisioning.Nomad;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Nodes;

/// <summary>
/// Takes a machine's credential away. What ran on it counts as lost from then on and is placed elsewhere; the machine
/// itself is not reached any more, and keeps running what it runs until somebody stops it there.
/// </summary>
internal static class RevokeNode
{
    public static void Map(IRouteTable routes) =>
        routes.Map("DELETE", "/v1/node/{nodeId}", NodeRequests.OnNode("nodes:revoke"), HandleAsync)
            .Summary("Revokes a node: its credential ends, and its allocations are lost.")
            .Produces(StatusCodes.Status204NoContent)
            .Problems(StatusCodes.Status404NotFound);

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct) =>
        await request.Service<RevokeNodeHandler>().HandleAsync(request.Tenant, request.Route("nodeId"), ct)
            ? Results.NoContent()
            : NomadErrors.NotFound("node");
}

internal sealed class RevokeNodeHandler(AgentCredentials credentials, ClusterEvents events, TimeProvider time)
{
    private const int MaxAttempts = 10;

    /// <summary>
    /// The credential first: once it is gone nothing can bring the node back. A crash in between leaves a node without
    /// a credential, which falls silent and is down like any other, and the call can be repeated.
    /// </summary>
    /// <returns>False: there is no such node.</returns>
    public async Task<bool> HandleAsync(TenantScope tenant, string nodeId, CancellationToken ct)
    {
        if (await NodeRows.GetAsync(tenant, nodeId, ct) is not { Value.Revoked: false })
        {
            return false;
        }

        await credentials.RemoveAsync(tenant, nodeId, ct);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await NodeRows.GetAsync(tenant, nodeId, ct) is not { } node)
            {
                return true;
            }

            var revoked = node.Value with { Revoked = true, Status = NodeStatus.Down, StatusChangedAt = time.GetUtcNow() };
            var write = TableWrite.Replace(node.Row, TablePartition.Bytes(revoked, ClusterJson.Default.NodeRecord), node.ETag);
            if ((await tenant.NodesOf().WriteAsync(write, ct)).IsDone)
            {
                await events.SendAsync(tenant, revoked.Region, InboxKinds.Node, null, nodeId);
                return true;
            }
        }

        throw new StorageUnavailableException($"The node changed during each of {MaxAttempts} attempts.");
    }
}
