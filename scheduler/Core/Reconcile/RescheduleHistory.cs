using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Reconcile;

/// <summary>
/// What must be remembered of allocations that others have replaced: how often a name was rescheduled lately is counted by
/// them, and one whose attempts are used up would get new ones if they were forgotten.
/// </summary>
public static class RescheduleHistory
{
    /// <param name="allocations">All that are known of the job, by id.</param>
    /// <returns>Ids. For each name no more than its policy allows attempts, beside those that were lost.</returns>
    public static HashSet<string> NeededOf(JobSpec job, IReadOnlyDictionary<string, AllocationState> allocations, DateTimeOffset now)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal);
        if (job.IsPerNode)
        {
            return needed;
        }

        var replaced = allocations.Values.Select(static allocation => allocation.PreviousId).ToHashSet();
        foreach (var last in allocations.Values.Where(allocation => !replaced.Contains(allocation.Id)))
        {
            if (job.Groups.FirstOrDefault(group => group.Name == last.Group)?.Reschedule is { Unlimited: false } rule)
            {
                AddChain(needed, last, rule, allocations, now);
            }
        }

        return needed;
    }

    /// <summary>As far back as <see cref="RescheduleDecision"/> has to look, now or when the last one ends.</summary>
    private static void AddChain(
        HashSet<string> needed, AllocationState last, RescheduleRule rule, IReadOnlyDictionary<string, AllocationState> allocations, DateTimeOffset now)
    {
        var counted = 0;
        for (var next = last; counted < rule.Attempts && (last.EndedAt ?? now) - next.CreatedAt < rule.Interval;)
        {
            if (RescheduleDecision.Predecessor(next, allocations) is not { } previous || !needed.Add(previous.Id))
            {
                return;
            }

            counted += previous.Run is RunState.Lost ? 0 : 1;
            next = previous;
        }
    }
}
