using Saas.Cluster;
using Saas.Cluster.Sessions;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Hosting.Problems;
using Saas.Provisioning.Nodes;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Client.Sessions;

/// <summary>Opens sessions with agents; see <see cref="SessionProtocol"/>.</summary>
internal sealed class ClientSessions(SessionSignals signals, TimeProvider time)
{
    private const string IdPrefix = "sess";

    /// <returns>To be disposed by whoever serves the client: that ends it.</returns>
    /// <exception cref="ProblemException">
    /// 404: no such node, or it is down; 429: too many are open; Nomad's 500: its agent is too old.
    /// </exception>
    public async Task<ClientSession> OpenAsync(TenantScope tenant, string nodeId, SessionRequest request, CancellationToken ct)
    {
        if (await NodeRows.FindAsync(tenant, nodeId, ct) is not { Revoked: false } node)
        {
            throw SessionProblems.UnknownNode(nodeId);
        }

        if (node.Status is NodeStatus.Down or NodeStatus.Initializing || node.Fingerprint is not { } fingerprint)
        {
            throw SessionProblems.NoPath();
        }

        if (fingerprint.ProtocolVersion < SessionProtocol.SinceVersion)
        {
            throw SessionProblems.TooOld();
        }

        await CheckLimitsAsync(tenant, nodeId, ct);
        var record = new SessionRecord
        {
            Id = EntityId.New(IdPrefix, time),
            NodeId = nodeId,
            Request = request,
            LeaseUntil = time.GetUtcNow() + SessionLimits.Lease,
        };

        // The row first: whatever is left by a crash is found by it, and swept. An agent is not told of it before it has its progress.
        var row = await tenant.SessionsOf().WriteAsync(
            TableWrite.Insert(SessionRows.Row(nodeId, record.Id), TablePartition.Bytes(record, ClusterJson.Default.SessionRecord)), ct);
        await tenant.FramesOf(record.Id).WriteAsync(SessionRows.Insert(new SessionProgress(0, false, null, null, 0)), ct);
        signals.Raise(SessionSignals.Node(nodeId));
        return new ClientSession(tenant, record, row.ETag!, signals, time);
    }

    private async Task CheckLimitsAsync(TenantScope tenant, string nodeId, CancellationToken ct)
    {
        var (ofNode, ofTenant, now) = (0, 0, time.GetUtcNow());
        await foreach (var row in tenant.SessionsOf().ReadAllAsync(RowRange.All, ClusterJson.Default.SessionRecord, ct))
        {
            if (row.Value.LeaseUntil > now)
            {
                ofTenant++;
                ofNode += row.Value.NodeId == nodeId ? 1 : 0;
            }
            else
            {
                await SessionRows.CloseAsync(tenant, row.Value.NodeId, row.Value.Id, ct);
            }
        }

        if (ofNode >= SessionLimits.OfNode)
        {
            throw SessionProblems.TooMany("node", SessionLimits.OfNode);
        }

        if (ofTenant >= SessionLimits.OfTenant)
        {
            throw SessionProblems.TooMany("tenant", SessionLimits.OfTenant);
        }
    }
}
