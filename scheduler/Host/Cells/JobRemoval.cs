using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Identity.Quotas;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Cells;

/// <summary>
/// Forgets a job that was to be purged, once nothing of it is in any document. Its allocations' records go first: a job
/// submitted later under the same id starts again at version 0, and must not find that version completed. They are set
/// aside, not deleted: agents report the usage of the last moments when all has ended. The job's place in the tenant's
/// quota is given back before the row goes, so that a crash in between is repeated and not forgotten.
/// </summary>
internal sealed class JobRemoval(CellId cell, CellEnvironment environment)
{
    /// <summary>Records moved at the same time.</summary>
    private const int Parallel = 32;

    private readonly TenantQuotas _quotas = new(new TenantLedger(environment.Signal), environment.Time);

    /// <summary>Whether <see cref="RunAsync"/> has anything to do.</summary>
    public static bool IsDue(JobEntry job) =>
        job.Row is { Value.Purge: true } && !job.Allocations.Values.Any(static allocation => allocation.Assigned);

    public async Task RunAsync(CellState state, JobEntry job, CancellationToken ct)
    {
        if (!IsDue(job))
        {
            return;
        }

        var row = job.Row!;
        var tenant = environment.Scope.For(cell.Tenant);
        foreach (var chunk in job.Allocations.Keys.Chunk(Parallel))
        {
            await Task.WhenAll(chunk.Select(id => SetAsideAsync(tenant, id, ct)));
        }

        // What belongs to the job only goes before its row: a job of the same name begins without it.
        var rows = tenant.JobsOf(job.Key.ProjectId);
        await JobVersions.RemoveAsync(rows, job.Key.JobId, ct);
        await rows.WriteAsync(TableWrite.Delete(ClusterTables.LaunchRow(job.Key.JobId)), ct);
        if (DispatchToken.RowOf(row.Value) is { } token)
        {
            await rows.WriteAsync(TableWrite.Delete(token), ct);
        }

        if (job.Deployment is { } deployment)
        {
            await rows.WriteAsync(TableWrite.Delete(deployment.Row), ct);
        }

        await _quotas.ReleaseJobAsync(tenant, job.Key.ProjectId, job.Key.JobId, ct);

        // Refused: it was submitted again meanwhile. Then it stays, and the message of that submission is on its way.
        var removed = await tenant.JobsOf(job.Key.ProjectId).WriteAsync(TableWrite.Delete(row.Row, row.ETag), ct);
        if (removed.IsDone || removed.Outcome == WriteOutcome.NotFound)
        {
            state.Forget(job.Key);
            return;
        }

        // The submission may have found the place still held, before it was given back.
        await _quotas.HoldJobAsync(tenant, job.Key.ProjectId, job.Key.JobId, ct);
    }

    private static async Task SetAsideAsync(TenantScope tenant, string id, CancellationToken ct)
    {
        if (await tenant.AllocationsOf().GetAsync(id, ct) is { } record)
        {
            await tenant.PurgedAllocationsOf().WriteAsync(TableWrite.Upsert(id, record.Value), ct);
            await tenant.AllocationsOf().WriteAsync(TableWrite.Delete(id), ct);
        }
    }
}
