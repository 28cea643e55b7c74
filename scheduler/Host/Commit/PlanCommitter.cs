using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Contracts.Agents;
using Saas.Scheduler.Host.Cells;
using Saas.Storage.Leases;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Commit;

/// <summary>
/// Writes documents, fenced by the leader's epoch, the shards of the cell at once. A plan that is cut between documents
/// is no harm: each is whole, and what is missing is planned again from what is there. A cut loses and doubles nothing,
/// because an allocation is in one document only.
/// </summary>
internal sealed partial class PlanCommitter(CellEnvironment environment, FencedCell cell)
{
    private readonly ILogger _logger = environment.Loggers.CreateLogger<PlanCommitter>();

    /// <summary>The state follows what was written. Unless all are done, the rest of the plan is void.</summary>
    public async Task<FencedOutcome> CommitAsync(
        CellState state, IReadOnlyCollection<DocumentDraft> drafts, CancellationToken ct)
    {
        using var text = new DocumentText();
        var written = new List<Written>();
        foreach (var draft in drafts)
        {
            var assignment = draft.ToAssignment(cell.Epoch);
            var range = text.Write(assignment);
            if (range.End.Value - range.Start.Value > TableLimits.MaxValueBytes)
            {
                Log.DocumentTooLarge(_logger, assignment.NodeId, range.End.Value - range.Start.Value);
                continue;
            }

            written.Add(new Written(draft, assignment, range));
        }

        if (written.Count == 0)
        {
            return FencedOutcome.Done;
        }

        // Definitions first: whoever reads a document finds what it names.
        if (await cell.Definitions.EnsureAsync(text.Definitions.Values, ct) == FencedOutcome.Deposed)
        {
            return FencedOutcome.Deposed;
        }

        var results = await cell.WriteAsync(
            [.. written.Select(entry => new DocumentWrite(entry.Assignment.NodeId, text.Slice(entry.Range), entry.Draft.Before.ETag))], ct);
        foreach (var (entry, result) in written.Zip(results))
        {
            if (result.Outcome == FencedOutcome.Done)
            {
                Follow(state, entry, result.ETag);
            }
        }

        return results.Max(static result => result.Outcome); // being deposed tells more than a conflict
    }

    private void Follow(CellState state, Written entry, string? etag)
    {
        var (nodeId, assignment) = (entry.Assignment.NodeId, entry.Assignment);
        state.Documents[nodeId] = new NodeDocument(nodeId, assignment.Index, etag, assignment.Allocations);
        foreach (var (job, after) in entry.Draft.After)
        {
            state.PutAllocation(job, after);
        }

        environment.Signal.Raise(ClusterTopics.Assignment(nodeId));
    }

    private sealed record Written(DocumentDraft Draft, NodeAssignment Assignment, Range Range);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The document of {NodeId} would have {Bytes} bytes; its changes are left out.")]
        public static partial void DocumentTooLarge(ILogger logger, string nodeId, int bytes);
    }
}
