using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Storage;

namespace Saas.Provisioning.Jobs;

/// <summary>Changes that users ask for: by the ledger, with an outcome that a client understands, and told to the scheduler.</summary>
internal sealed class JobChanges(JobLedger ledger, ClusterEvents events)
{
    /// <param name="plan">As the ledger's; its error gives the change up.</param>
    /// <exception cref="StorageUnavailableException">The store's, or the project is changed faster than we can follow.</exception>
    public async Task<JobOutcome<CommittedJob>> ChangeAsync(
        TenantScope tenant, string projectId, string jobId,
        Func<JobRecord?, CancellationToken, ValueTask<JobOutcome<PlannedJob>>> plan, CancellationToken ct)
    {
        JobError? error = null;
        var committed = await ledger.ChangeAsync(
            tenant, projectId, jobId,
            async (before, token) =>
            {
                var planned = await plan(before, token);
                error = planned.Error;
                return planned.Value;
            },
            ct);
        if (committed is null)
        {
            return error!;
        }

        // Of a parent too, which has no evaluation: the scheduler keeps its times.
        await events.SendAsync(tenant, committed.Record.Region, InboxKinds.Job, projectId, jobId);
        return committed;
    }
}
