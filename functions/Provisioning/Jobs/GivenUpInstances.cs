using Saas.Contracts.Jobs;
using Saas.Provisioning.Allocations;

namespace Saas.Provisioning.Jobs;

/// <summary>
/// Instances that nothing runs as and nothing will: they failed, and the attempts of their group's reschedule policy are used
/// up, as the scheduler counts them. Nobody waits for these.
/// </summary>
internal static class GivenUpInstances
{
    /// <param name="allocations">All of the group.</param>
    public static int Count(TaskGroup group, long version, IEnumerable<AllocationView> allocations) =>
        group.ReschedulePolicy is { Unlimited: not true } policy
            ? allocations.Where(allocation => allocation.JobVersion == version).GroupBy(static allocation => allocation.Index)
                .Count(name => IsGivenUp(policy, [.. name]))
            : 0;

    private static bool IsGivenUp(ReschedulePolicy policy, AllocationView[] ofName)
    {
        if (!Array.TrueForAll(ofName, static allocation => ClientStatus.IsTerminal(allocation.ClientStatus))
            || ofName.MaxBy(static allocation => allocation.CreatedAt) is not { ClientStatus: ClientStatus.Failed, DesiredStatus: DesiredStatus.Run } last)
        {
            return false;
        }

        var byId = ofName.ToDictionary(static allocation => allocation.Id, StringComparer.Ordinal);
        var interval = TimeSpan.FromTicks((policy.Interval ?? 0) / 100);
        var recent = 0;
        var next = last;
        for (var step = 0; step < ofName.Length && next.PreviousAllocation is { } id && byId.TryGetValue(id, out var previous); step++, next = previous)
        {
            recent += previous.ClientStatus != ClientStatus.Lost && last.ModifiedAt - next.CreatedAt < interval ? 1 : 0;
        }

        return recent >= (policy.Attempts ?? 0);
    }
}
