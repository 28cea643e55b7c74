using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Scheduler.Host.Cells;
using Saas.Storage.Leases;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Commit;

/// <summary>
/// Writes documents, in as few batches as the store's limits allow, each fenced by the leader's epoch. A plan that
/// needs several batches may be cut between them: each document is whole, and what is missing is planned again from
/// what is there. A cut loses and doubles nothing, because an allocation is in one document only.
/// </summary>
internal sealed partial class PlanCommitter(CellEnvironment environment, FencedPartition partition, long epoch)
{
    private readonly ILogger _logger = environment.Loggers.CreateLogger<PlanCommitter>();

    /// <summary>The state follows batch by batch. Unless all are done, the rest of the plan is void.</summary>
    public async Task<FencedOutcome> CommitAsync(
        CellState state, IReadOnlyCollection<DocumentDraft> drafts, CancellationToken ct)
    {
        var batch = new List<Write>();
        var bytes = 0;
        foreach (var draft in drafts)
        {
            var assignment = draft.ToAssignment(epoch);
            var write = new Write(draft, assignment, TablePartition.Bytes(assignment, AgentJson.Default.NodeAssignment));
            if (write.Bytes.Length > TableLimits.MaxValueBytes)
            {
                Log.DocumentTooLarge(_logger, assignment.NodeId, write.Bytes.Length);
                continue;
            }

            // Full by rows or by bytes, of which a few are the fence's.
            if (batch.Count == FencedPartition.MaxWrites || bytes + write.Bytes.Length > TableLimits.MaxBatchBytes - 100)
            {
                if (await WriteAsync(state, batch, ct) is var outcome and not FencedOutcome.Done)
                {
                    return outcome;
                }

                batch.Clear();
                bytes = 0;
            }

            batch.Add(write);
            bytes += write.Bytes.Length;
        }

        return batch.Count == 0 ? FencedOutcome.Done : await WriteAsync(state, batch, ct);
    }

    private async Task<FencedOutcome> WriteAsync(CellState state, List<Write> batch, CancellationToken ct)
    {
        var result = await partition.WriteAsync(
            [
                .. batch.Select(static write => write.Draft.Before.ETag is { } etag
                    ? TableWrite.Replace(write.Assignment.NodeId, write.Bytes, etag)
                    : TableWrite.Insert(write.Assignment.NodeId, write.Bytes)),
            ],
            ct);
        if (result.Outcome != FencedOutcome.Done)
        {
            return result.Outcome;
        }

        foreach (var (write, etag) in batch.Zip(result.ETags))
        {
            var (nodeId, assignment) = (write.Assignment.NodeId, write.Assignment);
            state.Documents[nodeId] = new NodeDocument(nodeId, assignment.Index, etag, assignment.Allocations);
            foreach (var (job, after) in write.Draft.After)
            {
                state.PutAllocation(job, after);
            }

            environment.Signal.Raise(ClusterTopics.Assignment(nodeId));
        }

        return FencedOutcome.Done;
    }

    private sealed record Write(DocumentDraft Draft, NodeAssignment Assignment, ReadOnlyMemory<byte> Bytes);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The document of {NodeId} would have {Bytes} bytes; its changes are left out.")]
        public static partial void DocumentTooLarge(ILogger logger, string nodeId, int bytes);
    }
}
