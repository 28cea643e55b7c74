using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobs;
using Saas.Storage;

namespace Saas.Provisioning.Allocations;

/// <summary>Nomad's RescheduleTracker: the failed allocations that this one stands in for, oldest first.</summary>
/// <param name="LastReschedule">Nomad's word for the last attempt: it found a place.</param>
internal sealed record RescheduleTrackerBody(IReadOnlyList<RescheduleEventBody> Events, string LastReschedule = "ok");

/// <summary>Nomad's RescheduleEvent.</summary>
/// <param name="RescheduleTime">When the one after it was placed; nanoseconds since 1970.</param>
/// <param name="Delay">Nanoseconds from its last report to that.</param>
internal sealed record RescheduleEventBody(long RescheduleTime, string PrevAllocID, string PrevNodeID, long Delay);

internal static class RescheduleTracker
{
    /// <summary>Clients show how many there were of late.</summary>
    private const int MaxEvents = 20;

    /// <summary>Null: it stands in for none that failed. What replaces it for another reason, or after a purge of records, begins anew.</summary>
    public static async Task<RescheduleTrackerBody?> ReadAsync(TenantScope tenant, AllocationView view, CancellationToken ct)
    {
        var events = new List<RescheduleEventBody>();
        var (placedAt, previous) = (view.CreatedAt, view.PreviousAllocation);
        while (previous is not null && events.Count < MaxEvents
            && (await tenant.AllocationsOf().GetAsync(previous, ClusterJson.Default.AllocationRecord, ct))?.Value is { ClientStatus: ClientStatus.Failed } failed)
        {
            var delay = (placedAt - failed.ModifiedAt).Ticks * TimeSpan.NanosecondsPerTick;
            events.Add(new RescheduleEventBody(placedAt.ToUnixNanoseconds(), failed.Id, failed.NodeId, Math.Max(0, delay)));
            (placedAt, previous) = (failed.CreatedAt, failed.PreviousAllocation);
        }

        events.Reverse();
        return events.Count == 0 ? null : new RescheduleTrackerBody(events);
    }
}
