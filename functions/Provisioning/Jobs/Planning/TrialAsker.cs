using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Trials;
using Saas.Contracts;
using Saas.Hosting.Problems;
using Saas.Storage;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Jobs.Planning;

/// <summary>
/// Asks the leader of a job's cell for a plan, by a row and a message, and waits for its answer. A leader in this process is
/// heard at once, another by looking at the row.
/// </summary>
internal sealed class TrialAsker(IMessageQueue queue, IChangeSignal signal, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <exception cref="ProblemException">503, Nomad's 500 <c>No cluster leader</c>: nobody answered.</exception>
    /// <exception cref="StorageUnavailableException">The store's, or the queue's.</exception>
    public async Task<PlanTrialResult> AskAsync(TenantScope tenant, JobRecord record, CancellationToken ct)
    {
        var rows = tenant.PlanTrialsOf(record.Region);
        var trial = new PlanTrial { Id = EntityId.New("plan", time), Record = record, AskedAt = time.GetUtcNow() };
        await rows.WriteAsync(TableWrite.Insert(trial.Id, TablePartition.Bytes(trial, ClusterJson.Default.PlanTrial)), ct);
        try
        {
            var message = new InboxMessage(tenant.Tenant.Value, record.Region, InboxKinds.Plan, record.ProjectId, trial.Id);
            await queue.SendAsync(ClusterQueues.SchedulerInbox, TablePartition.Bytes(message, ClusterJson.Default.InboxMessage), ct);
            return await WaitAsync(tenant, rows, trial.Id, ct) ?? throw new ProblemException(Unanswered);
        }
        finally
        {
            await rows.WriteAsync(TableWrite.Delete(trial.Id), CancellationToken.None);
        }
    }

    private static Problem Unanswered => Problem.Unavailable() with
    {
        Detail = "The scheduler did not answer in time.",
        Peer = new PeerError(StatusCodes.Status500InternalServerError, "No cluster leader"),
    };

    private async Task<PlanTrialResult?> WaitAsync(TenantScope tenant, TablePartition rows, string id, CancellationToken ct)
    {
        var (topic, began) = (ClusterTopics.Tenant(tenant.Tenant.Value), time.GetTimestamp());
        while (time.GetElapsedTime(began) < Patience)
        {
            // Before the row: what is answered while it is read is noticed.
            var seen = signal.Version(topic);
            if ((await rows.GetAsync(id, ClusterJson.Default.PlanTrial, ct))?.Value.Result is { } result)
            {
                return result;
            }

            await signal.WaitAsync(topic, seen, LookEvery, ct);
        }

        return null;
    }
}
