using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Scheduler.Host.Cells;
using Saas.Storage.Leases;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Commit;

/// <summary>
/// Writes documents, fenced by the leader's epoch, the shards of the cell at once. A plan that is cut between documents
/// is no harm: each is whole, and what is missing is planned again from what is there. A cut loses and doubles nothing,
/// because an allocation is in one document only.
/// <para>
/// A plan of a million allocations is a hundred megabytes of text, so it is written piece by piece: while the store
/// takes one piece, the next is put into words.
/// </para>
/// </summary>
internal sealed partial class PlanCommitter(CellEnvironment environment, FencedCell cell)
{
    /// <summary>Of a piece: some batches for every shard.</summary>
    private const int PieceBytes = 16 * 1024 * 1024;
    private const int PieceDocuments = 1024;

    private readonly ILogger _logger = environment.Loggers.CreateLogger<PlanCommitter>();

    /// <summary>The state follows what was written. Unless all are done, the rest of the plan is void.</summary>
    public async Task<FencedOutcome> CommitAsync(CellState state, IReadOnlyCollection<DocumentDraft> drafts, CancellationToken ct)
    {
        using var one = new DocumentText(state, cell.Epoch);
        using var other = new DocumentText(state, cell.Epoch);
        var (text, spare) = (one, other);
        var outcome = FencedOutcome.Done;
        using var queue = drafts.GetEnumerator();
        var hasMore = Fill(text, queue, queue.MoveNext());
        while (text.Count > 0 && outcome == FencedOutcome.Done)
        {
            // The writing reads nothing of the state, which changes only here.
            var writing = Task.Run(() => WriteAsync(text, ct), CancellationToken.None);
            hasMore = Fill(spare, queue, hasMore);
            outcome = Follow(state, text, await writing);
            (text, spare) = (spare, text);
        }

        return outcome;
    }

    private bool Fill(DocumentText text, IEnumerator<DocumentDraft> queue, bool hasMore)
    {
        text.Clear();
        while (hasMore && text.Count < PieceDocuments && text.Bytes < PieceBytes)
        {
            Add(text, queue.Current);
            hasMore = queue.MoveNext();
        }

        return hasMore;
    }

    private void Add(DocumentText text, DocumentDraft draft)
    {
        var bytes = text.Add(draft);
        if (bytes > TableLimits.MaxValueBytes)
        {
            Log.DocumentTooLarge(_logger, draft.NodeId, bytes);
            text.DropLast();
        }
    }

    /// <summary>By document.</summary>
    private async Task<IReadOnlyList<FencedWrite>> WriteAsync(DocumentText text, CancellationToken ct)
    {
        // Definitions first: whoever reads a document finds what it names.
        return await cell.Definitions.EnsureAsync(text.Groups.Select(static group => group.Stored), ct) == FencedOutcome.Deposed
            ? [.. Enumerable.Repeat(new FencedWrite(FencedOutcome.Deposed, null), text.Count)]
            : await cell.WriteAsync(text.Writes(), ct);
    }

    private FencedOutcome Follow(CellState state, DocumentText text, IReadOnlyList<FencedWrite> results)
    {
        var outcome = FencedOutcome.Done;
        for (var i = 0; i < results.Count; i++)
        {
            // Being deposed tells more than a conflict.
            outcome = results[i].Outcome > outcome ? results[i].Outcome : outcome;
            if (results[i].Outcome == FencedOutcome.Done)
            {
                Follow(state, text.DraftAt(i), text.VersionAfter(i, results[i].ETag!));
            }
        }

        return outcome;
    }

    private void Follow(CellState state, DocumentDraft draft, DocumentVersion version)
    {
        state.Documents[draft.NodeId] = version;
        foreach (var (job, after) in draft.Changed.Values)
        {
            state.PutAllocation(job, after);
        }

        foreach (var (job, after) in draft.Added)
        {
            state.PutAllocation(job, after);
        }

        environment.Signal.Raise(ClusterTopics.Assignment(draft.NodeId));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The document of {NodeId} would have {Bytes} bytes; its changes are left out.")]
        public static partial void DocumentTooLarge(ILogger logger, string nodeId, int bytes);
    }
}
