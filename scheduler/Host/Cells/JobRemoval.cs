using Saas.Cluster;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Cells;

/// <summary>
/// Forgets a job that was to be purged, once nothing of it is in any document. Its allocations' records go first: a job
/// submitted later under the same id starts again at version 0, and must not find that version completed.
/// </summary>
internal sealed class JobRemoval(CellId cell, CellEnvironment environment)
{
    public async Task RunAsync(CellState state, JobEntry job, CancellationToken ct)
    {
        if (job.Row is not { Value.Purge: true } row || job.Allocations.Values.Any(static allocation => allocation.Assigned))
        {
            return;
        }

        var tenant = environment.Scope.For(cell.Tenant);
        foreach (var chunk in job.Allocations.Keys.Chunk(TableLimits.MaxBatchRows))
        {
            await Task.WhenAll(chunk.Select(id => tenant.AllocationsOf().WriteAsync(TableWrite.Delete(id), ct).AsTask()));
        }

        // Refused: it was submitted again meanwhile. Then it stays, and the message of that submission is on its way.
        var removed = await tenant.JobsOf(job.Key.ProjectId).WriteAsync(TableWrite.Delete(row.Row, row.ETag), ct);
        if (removed.IsDone || removed.Outcome == WriteOutcome.NotFound)
        {
            state.Forget(job.Key);
        }
    }
}
