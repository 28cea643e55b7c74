using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile.Deployments;

namespace Saas.Scheduler.Core.Reconcile;

/// <summary>
/// The canaries of a group that nobody has promoted yet. They run beside the allocations whose index they have; when they
/// are promoted, they take the name and the old ones stop.
/// </summary>
internal sealed class CanarySet(JobLook look, GroupSpec group, RollOut rollOut)
{
    private readonly SortedDictionary<int, Slot> _byIndex = [];

    public void Add(AllocationState canary)
    {
        if (!rollOut.KeepsCanaries)
        {
            look.Dismiss(canary, Reasons.CanaryNotPromoted);
            return;
        }

        var slot = _byIndex.GetValueOrDefault(canary.Index);
        slot.Add(canary);
        _byIndex[canary.Index] = slot;
    }

    /// <param name="replaced">Old allocations that are replaced after promotion: new canaries take their indexes.</param>
    public void Reconcile(IReadOnlyList<AllocationItem> replaced)
    {
        foreach (var (index, slot) in _byIndex)
        {
            Settle(index, slot);
        }

        var missing = rollOut.CanariesOf(group) - _byIndex.Count;
        for (var i = 0; i < replaced.Count && missing > 0; i++)
        {
            missing -= TryPlaceNew(replaced[i].Allocation.Index) ? 1 : 0;
        }

        // More canaries than there is to replace: their names are given back at promotion.
        for (var index = group.Count; missing > 0; index++)
        {
            missing -= TryPlaceNew(index) ? 1 : 0;
        }
    }

    private void Settle(int index, in Slot slot)
    {
        var occupancy = Occupancy.Settle(look, group, slot);
        if (occupancy.Holder is { } holder)
        {
            if (!holder.Moves && look.NodeOf(holder)?.Drain is null)
            {
                look.Result.Ignore.Add(new AllocationItem(holder, Reasons.Canary));
                return;
            }

            var reason = holder.Moves ? Reasons.Moved : Reasons.NodeDrained;
            look.Result.Stop.Add(new AllocationItem(holder, reason));
            Place(index, holder, null, reason);
        }
        else if (occupancy.IsVacant(group))
        {
            Fill(new Vacancy(index, slot.Latest(canaries: true)));
        }
    }

    private void Fill(Vacancy vacancy)
    {
        var cause = vacancy.Cause(look.Job);
        if (vacancy.WaitsForNode(look, group))
        {
            return;
        }

        if (cause != VacancyCause.Ended)
        {
            Place(vacancy.Index, vacancy.Latest, null, Vacancy.ReasonToPlace(cause, vacancy.Latest));
        }
        else if (look.DueReplacement(vacancy.Latest!, group.Reschedule) is { } penaltyNodes)
        {
            Place(vacancy.Index, vacancy.Latest, penaltyNodes, Vacancy.ReasonToPlace(cause, vacancy.Latest));
        }
    }

    private bool TryPlaceNew(int index)
    {
        if (_byIndex.ContainsKey(index))
        {
            return false;
        }

        Place(index, null, null, Reasons.Canary);
        return true;
    }

    private void Place(int index, AllocationState? previous, IReadOnlyList<string>? penaltyNodes, string reason)
    {
        rollOut.Started(group);
        look.Result.Place.Add(new PlaceItem(group, index, previous, penaltyNodes, reason) { Canary = true, InDeployment = true });
    }
}
