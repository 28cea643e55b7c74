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
            if (KeyOf(slot) is not { } key)
            {
                continue;
            }

            AllocationState[] leaving = [.. session.LeavingOn(slot)];
            if (leaving.Length > 0 && Fits(slot, leaving))
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
            if (KeyOf(slot) is { } key)
            {
                AllocationState[] leaving = [.. session.LeavingOn(slot)];
                if (victims.Choose(slot, leaving, taken => Fits(slot, taken)) is { } chosen)
                {
                    best = Better(best, Offer(slot, key, penalised, leaving, chosen));
                }
            }
        }

        return best;
    }

    /// <summary>Null: the node may not have the allocation, whatever room it has.</summary>
    private PartitionKey? KeyOf(int slot)
    {
        var shape = context.Shape;
        if (!_cluster.Nodes.Open[slot] || !shape.Feasibility.Suits(slot) || !context.IsDistinct(slot))
        {
            return null;
        }

        var key = shape.IsPartitioned ? PartitionKey.Of(_cluster, shape, slot) : PartitionKey.Only;
        return context.HasValuesLeft(key) ? key : null;
    }

    private bool Fits(int slot, IReadOnlyCollection<AllocationState> spared)
    {
        var ask = context.Group.Ask;
        return _cluster.Usage.Lacks(slot, ask, AmountsOf(slot, spared)) == ResourceDimension.None
            && _cluster.Grants.LacksWithout(slot, ask, spared.Select(static allocation => allocation.Grant).OfType<Grant>()) == ResourceDimension.None;
    }

    private Amounts AmountsOf(int slot, IEnumerable<AllocationState> allocations)
    {
        var sum = default(Amounts);
        foreach (var allocation in allocations)
        {
            sum += _cluster.Usage.AmountsOf(slot, allocation.Ask);
        }

        return sum;
    }

    private Occupied Offer(
        int slot, PartitionKey key, HashSet<int>? penalised, IReadOnlyList<AllocationState> leaving, IReadOnlyList<AllocationState> victims)
    {
        IReadOnlyList<AllocationState> followed = [.. leaving, .. victims];
        var score = context.Score(slot, AmountsOf(slot, followed));
        score = penalised is not null && penalised.Contains(slot) ? score.With(ReschedulePenalty.Score) : score;
        score = context.Spread is null ? score : score.WithUnlessZero(context.Spread.Score(key.SpreadValues));
        return new Occupied(new Choice(context.CandidateOf(slot, score), key), followed, victims);
    }

    private static Occupied Better(Occupied? one, Occupied other) => one is null || other.IsBetterThan(one) ? other : one;
}

/// <param name="Followed">Must have ended before the new one starts.</param>
/// <param name="Victims">Of those, the ones that are only told to stop for its sake.</param>
internal sealed record Occupied(Choice Choice, IReadOnlyList<AllocationState> Followed, IReadOnlyList<AllocationState> Victims)
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
