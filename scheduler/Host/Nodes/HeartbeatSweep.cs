using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Scheduler.Host.Cells;
using Saas.Scheduler.Host.Commit;
using Saas.Scheduler.Host.Mapping;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Nodes;

/// <summary>
/// Reads the heartbeat counters and changes the status of nodes that fell silent or were heard again. The status is
/// durable before anything follows from it: a leader that takes over finds the node down, and its allocations lost.
/// </summary>
internal sealed partial class HeartbeatSweep(CellId cell, CellEnvironment environment)
{
    private readonly ILogger _logger = environment.Loggers.CreateLogger<HeartbeatSweep>();
    private readonly TenantScope _tenant = environment.Scope.For(cell.Tenant);
    private readonly SilenceClock _silence = new(environment.Time);

    /// <summary>Of all nodes.</summary>
    public async Task RunAsync(CellState state, AllocationHistory history, CancellationToken ct)
    {
        if (state.Nodes.Count == 0)
        {
            return;
        }

        var counters = new Dictionary<string, long>();
        await foreach (var row in _tenant.HeartbeatsOf().ReadAllAsync(RowRange.All, ClusterJson.Default.HeartbeatRecord, ct))
        {
            counters[row.Row] = row.Value.Counter;
        }

        foreach (var node in state.Nodes.Values.ToArray())
        {
            await LookAsync(state, history, node, counters.TryGetValue(node.Row, out var counter) ? counter : null, ct);
        }
    }

    /// <summary>Of these nodes alone, of which something is new.</summary>
    public async Task RunAsync(CellState state, AllocationHistory history, IReadOnlyCollection<string> nodeIds, CancellationToken ct)
    {
        foreach (var nodeId in nodeIds)
        {
            if (state.Nodes.TryGetValue(nodeId, out var node))
            {
                var heartbeat = await _tenant.HeartbeatsOf().GetAsync(nodeId, ClusterJson.Default.HeartbeatRecord, ct);
                await LookAsync(state, history, node, heartbeat?.Value.Counter, ct);
            }
        }
    }

    private async Task LookAsync(CellState state, AllocationHistory history, Document<NodeRecord> node, long? counter, CancellationToken ct)
    {
        _silence.Observe(node.Row, counter);
        if (StatusOf(state, node) is { } status)
        {
            await ChangeAsync(state, node, status, ct);
        }

        // Its agent may have told of itself before we heard its heart beat.
        if (state.WithUnknown.Contains(node.Row) && state.Cluster.Find(node.Row) is { Status: Core.Model.NodeStatus.Ready })
        {
            await history.ReviveAsync(state, node.Row, ct);
            state.WithUnknown.Remove(node.Row);
        }
    }

    /// <summary>What the node is now; null: what it was.</summary>
    private string? StatusOf(CellState state, Document<NodeRecord> node)
    {
        var ttl = environment.Options.HeartbeatTtl;
        switch (node.Value.Status)
        {
            case NodeStatus.Ready:
                return _silence.SilenceOf(node.Row) < ttl ? null : AllowsSilence(state, node.Row) ? NodeStatus.Disconnected : NodeStatus.Down;

            case NodeStatus.Down or NodeStatus.Disconnected when !node.Value.Revoked && _silence.WasHeardWithin(node.Row, ttl):
                return node.Value.Fingerprint is null ? NodeStatus.Initializing : NodeStatus.Ready;

            case NodeStatus.Disconnected:
                // Not by a new leader who has only not heard it yet.
                return _silence.SilenceOf(node.Row) < ttl || AllowsSilence(state, node.Row) ? null : NodeStatus.Down;

            default:
                return null;
        }
    }

    /// <summary>Whether something on it may be unknown for a while.</summary>
    private static bool AllowsSilence(CellState state, string nodeId)
    {
        foreach (var allocation in state.Cluster.AllocationsOn(nodeId))
        {
            if (!allocation.IsTerminal && allocation.Origin is GroupDefinition { Group.Disconnect.LostAfter: > 0 })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// A refused write is looked at again in the next sweep, with the row as it is by then. Whoever wrote it may have been
    /// a leader before us, of which no message tells.
    /// </summary>
    private async Task ChangeAsync(CellState state, Document<NodeRecord> node, string status, CancellationToken ct)
    {
        var now = environment.Time.GetUtcNow();
        var message = status is NodeStatus.Down or NodeStatus.Disconnected ? NodeEvents.HeartbeatMissed : NodeEvents.HeardAgain;
        var changed = (node.Value with { Status = status, StatusChangedAt = now }).With(message, NodeEvents.Cluster, now);
        var written = await _tenant.NodesOf().WriteAsync(
            TableWrite.Replace(node.Row, TablePartition.Bytes(changed, ClusterJson.Default.NodeRecord), node.ETag), ct);
        if (!written.IsDone)
        {
            var fresh = await _tenant.NodesOf().GetAsync(node.Row, ClusterJson.Default.NodeRecord, ct);
            state.MarkDirtyOn(node.Row);
            state.HasNodeNews = true;
            if (fresh is null)
            {
                state.RemoveNode(node.Row);
            }
            else
            {
                state.PutNode(fresh);
            }

            return;
        }

        Log.StatusChanged(_logger, node.Row, status);
        state.PutNode(new Document<NodeRecord>(node.Row, changed, written.ETag!));
        state.MarkDirtyOn(node.Row);
        state.HasNodeNews = true;
        ChangeStamps.Raise(environment.Signal, cell.Tenant.Value, ChangeKinds.Node | ChangeKinds.Allocation, key: null);
        await ChangeMarks.WriteAsync(_tenant, environment.Signal, ChangeKinds.Node | ChangeKinds.Allocation, environment.Time.GetUtcNow(), ct);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Node {NodeId} is {Status}.")]
        public static partial void StatusChanged(ILogger logger, string nodeId, string status);
    }
}
