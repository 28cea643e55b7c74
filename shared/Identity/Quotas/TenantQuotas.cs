using Saas.Identity.Projects;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Identity.Quotas;

/// <summary>A place that is taken, and since when.</summary>
public sealed record HeldPlace(string Holder);

/// <summary>
/// Places for things whose rows are in other partitions, and so cannot be in one batch with the count: a job takes its
/// place before it is written and returns it after it is gone. The place is held by name, so taking it twice takes one,
/// and a crash in between leaves a place that the next attempt finds already held.
/// </summary>
public sealed class TenantQuotas(TenantLedger ledger)
{
    private static readonly ReadOnlyMemory<byte> Mark = "{}"u8.ToArray();

    /// <summary>Takes a place for the job, if it has none yet.</summary>
    /// <returns><see cref="QuotaExceeded"/>, or NotFound if there is no such project.</returns>
    public async Task<Outcome<HeldPlace>> HoldJobAsync(TenantScope scope, string projectId, string jobId, CancellationToken ct)
    {
        var row = IdentityTable.Held(QuotaNames.Of(QuotaKind.Jobs), projectId, jobId);
        if (await scope.IdentityRows().GetAsync(row, ct) is not null)
        {
            return new HeldPlace(jobId);
        }

        return await ledger.ChangeAsync<HeldPlace>(
            scope,
            async (change, token) =>
            {
                change.ConcernsAccess = false;
                if (await change.Rows.GetAsync(IdentityTable.Project(projectId), token) is null)
                {
                    return IdentityError.NotFound("project");
                }

                if (await change.Rows.GetAsync(row, token) is not null)
                {
                    return new HeldPlace(jobId);
                }

                if (change.Take(QuotaKind.Jobs) is { } exceeded)
                {
                    return exceeded;
                }

                change.Writes.Add(TableWrite.Insert(row, Mark));
                return new HeldPlace(jobId);
            },
            ct);
    }

    /// <summary>Returns the job's place, once it is gone. Repeating is harmless.</summary>
    public async Task ReleaseJobAsync(TenantScope scope, string projectId, string jobId, CancellationToken ct)
    {
        var row = IdentityTable.Held(QuotaNames.Of(QuotaKind.Jobs), projectId, jobId);
        await ledger.ChangeAsync<HeldPlace>(
            scope,
            async (change, token) =>
            {
                change.ConcernsAccess = false;
                if (await change.Rows.GetAsync(row, token) is { } held)
                {
                    change.Writes.Add(TableWrite.Delete(row, held.ETag));
                    change.Return(QuotaKind.Jobs);
                }

                return new HeldPlace(jobId);
            },
            ct);
    }
}
