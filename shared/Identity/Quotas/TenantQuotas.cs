using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Identity.Quotas;

/// <summary>A place that is taken, and since when.</summary>
public sealed record HeldPlace(string Holder, DateTimeOffset Since);

/// <summary>
/// Places for things whose rows are in other partitions, and so cannot be in one batch with the count: a job takes its
/// place before it is written and gives it back before it is removed. The place is held by name, so taking it twice takes
/// one, and a crash in between leaves a place that the next attempt finds already held, or <see cref="SweepJobsAsync"/>.
/// </summary>
public sealed class TenantQuotas(TenantLedger ledger, TimeProvider time)
{
    /// <summary>A job is written within this time of taking its place, or not at all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private const int MaxSwept = 90;

    /// <summary>Takes a place for the job, if it has none yet.</summary>
    /// <returns><see cref="QuotaExceeded"/>, or NotFound if there is no such project.</returns>
    public async Task<Outcome<HeldPlace>> HoldJobAsync(TenantScope scope, string projectId, string jobId, CancellationToken ct)
    {
        var row = RowOf(projectId, jobId);
        var rows = scope.IdentityRows();
        if (await rows.GetAsync(row, IdentityJson.Default.HeldPlace, ct) is { } held)
        {
            return held.Value;
        }

        return await ledger.ChangeAsync<HeldPlace>(
            scope,
            async (change, token) =>
            {
                if (await change.Rows.GetAsync(IdentityTable.Project(projectId), token) is null)
                {
                    return IdentityError.NotFound("project");
                }

                if (await change.Rows.GetAsync(row, IdentityJson.Default.HeldPlace, token) is { } meanwhile)
                {
                    return meanwhile.Value;
                }

                if (change.Take(QuotaKind.Jobs) is { } exceeded)
                {
                    return exceeded;
                }

                var place = new HeldPlace(jobId, time.GetUtcNow());
                change.ConcernsAccess = false;
                change.Writes.Add(TableWrite.Insert(row, TablePartition.Bytes(place, IdentityJson.Default.HeldPlace)));
                return place;
            },
            ct);
    }

    /// <summary>Gives the job's place back. Repeating is harmless.</summary>
    public async Task ReleaseJobAsync(TenantScope scope, string projectId, string jobId, CancellationToken ct)
    {
        var row = RowOf(projectId, jobId);
        await ledger.ChangeAsync<TenantRecord>(
            scope,
            async (change, token) =>
            {
                if (await change.Rows.GetAsync(row, token) is { } held)
                {
                    change.ConcernsAccess = false;
                    change.Writes.Add(TableWrite.Delete(row, held.ETag));
                    change.Return(QuotaKind.Jobs);
                }

                return change.Tenant;
            },
            ct);
    }

    /// <summary>
    /// Gives back places of the project whose jobs were never written, because who took them died or was refused later.
    /// </summary>
    /// <param name="exists">Whether there is a job of this id in the project.</param>
    public Task<Outcome<TenantRecord>> SweepJobsAsync(
        TenantScope scope, string projectId, Func<string, CancellationToken, ValueTask<bool>> exists, CancellationToken ct) =>
        ledger.ChangeAsync<TenantRecord>(
            scope,
            async (change, token) =>
            {
                change.ConcernsAccess = false;
                var range = RowRange.Prefix(IdentityTable.HeldOf(QuotaNames.Of(QuotaKind.Jobs), projectId));
                await foreach (var held in change.Rows.ReadAllAsync(range, IdentityJson.Default.HeldPlace, token))
                {
                    if (held.Value.Since + Patience > time.GetUtcNow() || await exists(held.Value.Holder, token))
                    {
                        continue;
                    }

                    change.Writes.Add(TableWrite.Delete(held.Row, held.ETag));
                    change.Return(QuotaKind.Jobs);
                    if (change.Writes.Count == MaxSwept)
                    {
                        break;
                    }
                }

                return change.Tenant;
            },
            ct);

    private static string RowOf(string projectId, string jobId) =>
        IdentityTable.Held(QuotaNames.Of(QuotaKind.Jobs), projectId, jobId);
}
