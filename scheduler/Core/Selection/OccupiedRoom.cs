using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Ranking;

namespace Saas.Scheduler.Core.Selection;

/// <summary>
/// Where no node has free room: room that is still taken, but by allocations that were told to stop, or by ones that
/// give way because their job's priority is lower. The new allocation follows them: its agent starts it when they have
/// ended. Looked at node by node; it is not what happens a million times.
/// </summary>
internal sealed class OccupiedRoom(PlanSession session, GroupContext context)
{
    private readonly Cluster _cluster = session.Cluster;

    /// <summary>The best node for one that follows only what leaves anyway; null: there is none.</summary>
    public Occupied? FindLeaving(HashSet<int>? penalised, int? only)
    {
        Occupied? best = null;
        foreach (var slot in only is { } one ? [one] : session.SlotsWithLeaving())
        {
            if (context.KeyOf(slot) is not { } key)
            {
                continue;
            }

            var leaving = session.LeavingOn(slot);
            if (leaving.Count > 0 && Fits(slot, leaving))
            {
                best = Better(best, Offer(slot, key, penalised, leaving, []));
            }
        }

        return best;
    }

    /// <summary>
    /// The node where those who give way matter least: the lowest priority, then the fewest, then the best score. Null: no
    /// node would have room, whoever gave way.
    /// </summary>
    public Occupied? FindPreemption(HashSet<int>? penalised, int? only)
    {
        Occupied? best = null;
        var victims = new VictimChoice(session, context.Job);
        foreach (var slot in only is { } one ? [one] : _cluster.Nodes.InTieOrder())
        {
            if (context.KeyOf(slot) is { } key)
            {
                var leaving = session.LeavingOn(slot);
                if (victims.Choose(slot, leaving, taken => Fits(slot, taken)) is { } chosen)
                {
                    best = Better(best, Offer(slot, key, penalised, leaving, chosen));
                }
            }
        }

        return best;
    }

    private bool Fits(int slot, IReadOnlyCollection<AllocationState> spared)
    {
        var (ask, spare) = (context.Group.Ask, Spare.Of(_cluster, slot, spared));
        return _cluster.Usage.Lacks(slot, ask, spare.Amounts) == ResourceDimension.None
            && _cluster.Grants.LacksWithout(slot, ask, spare.Grants) == ResourceDimension.None;
    }

    /// <summary>
    /// Those that must have ended before the new one starts: its victims, and of those that leave anyway no more than it
    /// takes, for one of them may take its time. What has not to be waited for counts as if it stayed, so that several who
    /// follow different ones never stand in each other's way.
    /// </summary>
    public IReadOnlyList<AllocationState> FollowedBy(Occupied found)
    {
        var slot = found.Choice.Candidate.Slot;
        List<AllocationState> followed = [.. found.Leaving, .. found.Victims];
        for (var i = found.Leaving.Count - 1; i >= 0; i--)
        {
            var spared = followed[i];
            followed.RemoveAt(i);
            if (!Fits(slot, followed))
            {
                followed.Insert(i, spared);
            }
        }

        return followed;
    }

    private Occupied Offer(
        int slot, PartitionKey key, HashSet<int>? penalised, IReadOnlyList<AllocationState> leaving, IReadOnlyList<AllocationState> victims)
    {
        var spare = Spare.Of(_cluster, slot, [.. leaving, .. victims]);
        return new Occupied(
            context.ChoiceOf(slot, key, spare, penalised is not null && penalised.Contains(slot)), spare, leaving, victims);
    }

    private static Occupied Better(Occupied? one, Occupied other) => one is null || other.IsBetterThan(one) ? other : one;
}

/// <param name="Spare">Of all that leave.</param>
/// <param name="Leaving">Leave the node anyway.</param>
/// <param name="Victims">Are told to stop for its sake.</param>
internal sealed record Occupied(
    Choice Choice, Spare Spare, IReadOnlyList<AllocationState> Leaving, IReadOnlyList<AllocationState> Victims)
{
    private int HighestPriority { get; } = Victims.Count == 0 ? 0 : Victims.Max(static victim => victim.Priority);

    public bool IsBetterThan(Occupied other)
    {
        if (Choice.Key.IsBefore(other.Choice.Key) || other.Choice.Key.IsBefore(Choice.Key))
        {
            return Choice.Key.IsBefore(other.Choice.Key);
        }

        var order = (HighestPriority, Victims.Count).CompareTo((other.HighestPriority, other.Victims.Count));
        return order < 0 || (order == 0 && Choice.Candidate.IsBetterThan(other.Choice.Candidate));
    }
}
