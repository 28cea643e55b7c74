using Saas.Cluster;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Nodes;

/// <summary>
/// What operators want of a node: written into its row by ETag, beside what its agent and the scheduler write there, and told
/// to the scheduler, which acts by how the row is.
/// </summary>
internal sealed class NodeChanges(ClusterEvents events)
{
    private const int MaxAttempts = 10;

    /// <param name="change">Of the node as it is; one that is the same is not written. May be called several times.</param>
    /// <exception cref="StorageUnavailableException">The store's, or the node is changed faster than we can follow.</exception>
    public async Task<NodeOutcome> ChangeAsync(TenantScope tenant, string nodeId, Func<NodeRecord, NodeOutcome> change, CancellationToken ct)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await NodeRows.GetAsync(tenant, nodeId, ct) is not { Value.Revoked: false } row)
            {
                return NodeOutcome.NotFound;
            }

            var outcome = change(row.Value);
            if (outcome.Node is not { } changed || changed == row.Value)
            {
                return outcome;
            }

            var write = TableWrite.Replace(row.Row, TablePartition.Bytes(changed, ClusterJson.Default.NodeRecord), row.ETag);
            if ((await tenant.NodesOf().WriteAsync(write, ct)).IsDone)
            {
                await events.SendAsync(tenant, changed.Region, InboxKinds.Node, null, nodeId);
                return outcome;
            }
        }

        throw new StorageUnavailableException($"The node changed during each of {MaxAttempts} attempts.");
    }
}

/// <summary>The node as it is to be, or is now; or a text for the client, or neither: there is no such node.</summary>
internal sealed record NodeOutcome(NodeRecord? Node, string? Error)
{
    public static NodeOutcome NotFound { get; } = new(null, null);

    public static NodeOutcome To(NodeRecord node) => new(node, null);

    public static NodeOutcome Refused(string error) => new(null, error);
}
