using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Scheduler.Host.Cells;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Nodes;

/// <summary>Ends drains: a node that has nothing left to be moved is not draining any more, and stays ineligible.</summary>
internal sealed partial class DrainWatch(CellId cell, CellEnvironment environment)
{
    private readonly ILogger _logger = environment.Loggers.CreateLogger<DrainWatch>();
    private readonly TenantScope _tenant = environment.Scope.For(cell.Tenant);

    public async Task RunAsync(CellState state, CancellationToken ct)
    {
        foreach (var node in state.Nodes.Values.Where(static node => node.Value.Drain is not null).ToArray())
        {
            var isEmpty = node.Value.Drain!.IgnoreSystemJobs
                ? state.Cluster.HasOnlySystem(node.Row)
                : state.Cluster.AllocationsOn(node.Row).All(static allocation => allocation.IsTerminal);
            if (!isEmpty)
            {
                continue;
            }

            // Refused: its operator or its agent changed it meanwhile; the row as it is comes with their message.
            var drained = Drained(node.Value, environment.Time.GetUtcNow());
            var written = await _tenant.NodesOf().WriteAsync(
                TableWrite.Replace(node.Row, TablePartition.Bytes(drained, ClusterJson.Default.NodeRecord), node.ETag), ct);
            if (written.IsDone)
            {
                Log.Drained(_logger, node.Row);
                state.PutNode(new Document<NodeRecord>(node.Row, drained, written.ETag!));
                ChangeStamps.Raise(environment.Signal, cell.Tenant.Value, ChangeKinds.Node | ChangeKinds.Allocation, key: null);
                await ChangeMarks.WriteAsync(_tenant, environment.Signal, ChangeKinds.Node | ChangeKinds.Allocation, environment.Time.GetUtcNow(), ct);
            }
        }
    }

    private static NodeRecord Drained(NodeRecord node, DateTimeOffset now)
    {
        var last = node.LastDrain ?? new LastDrain { StartedAt = node.Drain!.StartedAt, UpdatedAt = now, Status = DrainStatus.Complete };
        return (node with { Drain = null, Ineligible = true, LastDrain = last with { UpdatedAt = now, Status = DrainStatus.Complete } })
            .With(NodeEvents.DrainComplete, NodeEvents.Drain, now);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Node {NodeId} is drained.")]
        public static partial void Drained(ILogger logger, string nodeId);
    }
}
