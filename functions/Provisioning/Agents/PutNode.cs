using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Tenants;
using Saas.Provisioning.Nodes;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Agents;

/// <summary>What the machine is and can. The node is ready for work from the first one on.</summary>
internal static class PutNode
{
    public static void Map(IRouteTable routes) =>
        routes.MapAgent("PUT", AgentProtocol.NodePath, "node", HandleAsync)
            .Summary("The node's fingerprint, at start, on change and at least every five minutes.")
            .Accepts(AgentJson.Strict.NodeFingerprint)
            .Produces(StatusCodes.Status200OK, AgentJson.Default.NodeResponse)
            .Problems(StatusCodes.Status404NotFound);

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var fingerprint = await request.ReadAsync(
            AgentJson.Strict.NodeFingerprint, AgentFaults.Validator<NodeFingerprint>(FingerprintRules.FaultsOf), ct);
        var response = await request.Service<PutNodeHandler>().HandleAsync(request.Tenant, request.Principal.Id, fingerprint, ct);
        return response is null ? Problem.NotFound("node") : Results.Json(response, AgentJson.Default.NodeResponse);
    }
}

internal sealed class PutNodeHandler(
    Heartbeats heartbeats, ClusterEvents events, ProvisioningOptions options, TimeProvider time)
{
    private const int MaxAttempts = 10;

    /// <summary>Repeating a fingerprint writes nothing but the heartbeat.</summary>
    /// <returns>Null: the node was revoked.</returns>
    public async Task<NodeResponse?> HandleAsync(TenantScope tenant, string nodeId, NodeFingerprint fingerprint, CancellationToken ct)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await NodeRows.GetAsync(tenant, nodeId, ct) is not { } node)
            {
                if (!await CreateAsync(tenant, nodeId, ct))
                {
                    return null;
                }

                continue;
            }

            if (node.Value.Revoked)
            {
                return null;
            }

            // A site may be renamed or labelled anew; its nodes follow with their next fingerprint.
            var site = await tenant.FindSiteAsync(node.Value.SiteId, ct);
            var changed = node.Value with
            {
                Datacenter = site?.Name ?? node.Value.Datacenter,
                Meta = site is null ? node.Value.Meta : NodeRows.MetaOf(site),
                Fingerprint = fingerprint,
                Status = NodeStatus.Ready,
                StatusChangedAt = node.Value.Status == NodeStatus.Ready ? node.Value.StatusChangedAt : time.GetUtcNow(),
            };
            if (AreSame(node.Value, changed))
            {
                return await HeardAsync(tenant, nodeId, ct);
            }

            changed = WithWhatHappened(node.Value, changed, time.GetUtcNow());
            var write = TableWrite.Replace(node.Row, TablePartition.Bytes(changed, ClusterJson.Default.NodeRecord), node.ETag);
            if ((await tenant.NodesOf().WriteAsync(write, ct)).IsDone)
            {
                // The heartbeat first: the scheduler that is told should not find the node silent.
                var response = await HeardAsync(tenant, nodeId, ct);
                await events.SendAsync(tenant, changed.Region, InboxKinds.Node, null, nodeId);
                return response;
            }
        }

        throw new StorageUnavailableException($"The node changed during each of {MaxAttempts} attempts.");
    }

    private async Task<NodeResponse> HeardAsync(TenantScope tenant, string nodeId, CancellationToken ct)
    {
        await heartbeats.HeardAsync(tenant, nodeId, ct);
        return new NodeResponse(nodeId, (int)options.HeartbeatTtl.TotalSeconds);
    }

    /// <summary>A crash between enrolment's credential and its node leaves an agent that is known and has no node.</summary>
    private static async Task<bool> CreateAsync(TenantScope tenant, string nodeId, CancellationToken ct)
    {
        if (await tenant.FindAgentAsync(nodeId, ct) is not { } agent
            || await tenant.FindSiteAsync(agent.SiteId, ct) is not { } site)
        {
            return false;
        }

        await NodeRows.CreateAsync(tenant, agent, site, ct);
        return true;
    }

    private static NodeRecord WithWhatHappened(NodeRecord before, NodeRecord changed, DateTimeOffset now) =>
        before.Fingerprint is null ? changed.With(NodeEvents.Registered, NodeEvents.Cluster, now)
        : before.Status != NodeStatus.Ready ? changed.With(NodeEvents.HeardAgain, NodeEvents.Cluster, now)
        : changed with { ModifyIndex = changed.ModifyIndex + 1 };

    private static bool AreSame(NodeRecord left, NodeRecord right) => JsonElement.DeepEquals(
        JsonSerializer.SerializeToElement(left, ClusterJson.Default.NodeRecord),
        JsonSerializer.SerializeToElement(right, ClusterJson.Default.NodeRecord));
}
