using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Storage;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Provisioning;

/// <summary>
/// Says that something of a tenant's cluster changed: to the scheduler, and to whoever waits in this process. Called
/// after the change is committed, so it neither fails nor ends with the request: a message that is lost costs the time
/// until the scheduler looks by itself.
/// </summary>
internal sealed partial class ClusterEvents(IMessageQueue queue, IChangeSignal signal, ILogger<ClusterEvents> logger)
{
    /// <summary>To those who wait in this process only.</summary>
    public void Raise(TenantScope tenant) => signal.Raise(ClusterTopics.Tenant(tenant.Tenant.Value));

    /// <param name="kind">One of <see cref="InboxKinds"/>.</param>
    /// <param name="projectId">Of a job; else null.</param>
    public async Task SendAsync(TenantScope tenant, string region, string kind, string? projectId, string id)
    {
        Raise(tenant);
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

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The scheduler could not be told of {Kind} {Id}. It will find the change by itself.")]
        public static partial void Lost(ILogger logger, string kind, string id, Exception exception);
    }
}
