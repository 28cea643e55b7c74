using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Storage;
using Saas.Storage.Queues;
using Saas.Storage.Tables;

namespace Saas.Provisioning;

/// <summary>
/// Says that something of a tenant's cluster changed: to the scheduler, and to whoever waits. Called
/// after the change is committed, so it neither fails nor ends with the request: a message that is lost costs the time
/// until the scheduler looks by itself.
/// </summary>
internal sealed partial class ClusterEvents(IMessageQueue queue, ClusterChanges changes, ILogger<ClusterEvents> logger)
{
    /// <summary>To those who wait only, and not to the scheduler.</summary>
    public void Raise(TenantScope tenant, ChangeKinds kinds, string? key) => changes.Raise(tenant, kinds, key);

    /// <param name="kind">One of <see cref="InboxKinds"/>.</param>
    /// <param name="projectId">Of a job; else null.</param>
    /// <param name="jobId">Of an allocation or a deployment, if known: those who wait for changes of its job are meant.</param>
    public async Task SendAsync(TenantScope tenant, string region, string kind, string? projectId, string id, string? jobId = null)
    {
        var ofJob = kind == InboxKinds.Job ? id : jobId;
        changes.Raise(
            tenant, KindsOf(kind),
            kind == InboxKinds.Node ? ChangeKeys.Node(id) : projectId is not null && ofJob is not null ? ChangeKeys.Job(projectId, ofJob) : null);
        var message = new InboxMessage(tenant.Tenant.Value, region, kind, projectId, id);
        try
        {
            await queue.SendAsync(
                ClusterQueues.SchedulerInbox, TablePartition.Bytes(message, ClusterJson.Default.InboxMessage), CancellationToken.None);
        }
        catch (StorageUnavailableException e)
        {
            Log.Lost(logger, kind, id, e);
        }
    }

    /// <summary>What is written with such a change.</summary>
    private static ChangeKinds KindsOf(string kind) => kind switch
    {
        InboxKinds.Job => ChangeKinds.Job | ChangeKinds.Evaluation,
        InboxKinds.Node => ChangeKinds.Node,
        InboxKinds.Allocation => ChangeKinds.Allocation,
        InboxKinds.Deployment => ChangeKinds.Deployment | ChangeKinds.Job,
        InboxKinds.Settings => ChangeKinds.Settings,
        _ => ChangeKinds.All,
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The scheduler could not be told of {Kind} {Id}. It will find the change by itself.")]
        public static partial void Lost(ILogger logger, string kind, string id, Exception exception);
    }
}
