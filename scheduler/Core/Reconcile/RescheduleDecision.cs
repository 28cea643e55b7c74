using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Reconcile;

/// <summary>Whether an allocation that ended by itself is replaced, when, and away from which nodes.</summary>
/// <param name="At">Null: never, the attempts are used up.</param>
/// <param name="PenaltyNodes">Where it and the ones it replaced have failed.</param>
internal sealed record RescheduleDecision(DateTimeOffset? At, IReadOnlyList<string> PenaltyNodes)
{
    /// <param name="ended">Terminal, and nobody asked it to stop.</param>
    /// <param name="byId">All of the job's allocations, to follow the chain of replacements back.</param>
    public static RescheduleDecision Of(
        AllocationState ended, RescheduleRule rule, IReadOnlyDictionary<string, AllocationState> byId)
    {
        var endedAt = ended.EndedAt ?? ended.CreatedAt;
        var nodes = new List<string> { ended.NodeId };
        var replacements = 0;
        var recent = 0;
        var next = ended;
        while (Predecessor(next, byId) is { } previous && nodes.Count <= byId.Count)
        {
            // Lost ones stay in the chain and do not count: that was not their fault.
            if (previous.Run is not RunState.Lost)
            {
                replacements++;
                recent += endedAt - next.CreatedAt < rule.Interval ? 1 : 0;
                nodes.Add(previous.NodeId);
            }

            next = previous;
        }

        if (ended.ForceReschedule)
        {
            return new RescheduleDecision(endedAt, nodes);
        }

        if (!rule.Unlimited && recent >= rule.Attempts)
        {
            return new RescheduleDecision(null, nodes);
        }

        // It held out longer than it could have to wait: what failed before is not the same trouble any more.
        var startsOver = endedAt - ended.CreatedAt > rule.MaxDelay;
        return new RescheduleDecision(endedAt + Delay(rule, startsOver ? 0 : replacements), nodes);
    }

    private static TimeSpan Delay(RescheduleRule rule, int replacements)
    {
        if (rule.Function == DelayFunction.Constant)
        {
            return rule.Delay;
        }

        var (before, delay) = (TimeSpan.Zero, rule.Delay);
        for (var i = 0; i < replacements && delay < rule.MaxDelay; i++)
        {
            (before, delay) = rule.Function == DelayFunction.Exponential
                ? (delay, delay * 2)
                : (delay, before + delay);
        }

        return delay < rule.MaxDelay ? delay : rule.MaxDelay;
    }

    /// <summary>The allocation of the same version that this one replaced because it ended by itself or was lost.</summary>
    public static AllocationState? Predecessor(
        AllocationState allocation, IReadOnlyDictionary<string, AllocationState> byId) =>
        allocation.PreviousId is { } id && byId.TryGetValue(id, out var previous)
        && previous.IsTerminal && !previous.Stopping && previous.JobVersion == allocation.JobVersion
            ? previous
            : null;
}
