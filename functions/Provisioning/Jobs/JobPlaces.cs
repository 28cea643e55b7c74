using Saas.Identity;
using Saas.Identity.Quotas;
using Saas.Storage;

namespace Saas.Provisioning.Jobs;

/// <summary>Places of jobs in the tenant's quota; children have their own.</summary>
internal sealed class JobPlaces(TenantQuotas quotas)
{
    /// <summary>A place that a crash left behind is only looked for when there is no other. Repeating it takes no second one.</summary>
    /// <returns>Null: held.</returns>
    public async Task<JobError?> HoldAsync(TenantScope tenant, string projectId, string jobId, CancellationToken ct)
    {
        var held = await quotas.HoldJobAsync(tenant, projectId, jobId, ct);
        if (held.Error?.Kind == IdentityErrorKind.QuotaExceeded)
        {
            await quotas.SweepJobsAsync(
                tenant, projectId, async (id, token) => await JobRows.FindAsync(tenant, projectId, id, token) is not null, ct);
            held = await quotas.HoldJobAsync(tenant, projectId, jobId, ct);
        }

        return held.IsDone
            ? null
            : new JobError(held.Error.Kind == IdentityErrorKind.QuotaExceeded ? JobErrorKind.QuotaExceeded : JobErrorKind.NotFound, held.Error.Detail);
    }
}
