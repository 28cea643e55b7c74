using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile.Deployments;

namespace Saas.Scheduler.Core.Reconcile;

/// <summary>
/// One group of a service or batch job. Who has which name is settled first; then those on draining nodes move, those of
/// an older version are updated, and empty names are filled, as far as drains and the roll-out allow.
/// </summary>
internal sealed partial class GroupReconciler(JobLook look, GroupSpec group, RollOut rollOut)
{
    private readonly Slot[] _slots = new Slot[group.Count];
    private readonly CanarySet _canaries = new(look, group, rollOut);
    private readonly List<Vacancy> _vacancies = [];
    private readonly List<AllocationState> _onDrainingNodes = [];
    private readonly List<AllocationState> _askedToMove = [];
    private readonly List<AllocationState> _outdated = [];
    private readonly long _version = look.Job.Version;
    private readonly bool _rollsOut = group.Update is not null;

    /// <summary>Something of the present version is or was there.</summary>
    private bool _ranBefore;

    /// <summary>Names whose allocation is known to be well, or not to be.</summary>
    private int _healthKnown;

    /// <summary>Of the deployment: those that are not well yet, what is placed now included.</summary>
    private int _unproven;

    /// <summary>One of the deployment is not well: nothing old is replaced until it is, or has been replaced itself.</summary>
    private bool _isUnhealthy;

    public string Name => group.Name;

    public void Add(AllocationState allocation)
    {
        _ranBefore |= allocation.JobVersion == _version;
        if (allocation.Canary && rollOut.IsUnpromotedCanary(allocation))
        {
            _canaries.Add(allocation);
        }
        else if (allocation.Index >= _slots.Length)
        {
            look.Dismiss(allocation, Reasons.CountLowered);
        }
        else
        {
            _slots[allocation.Index].Add(allocation);
        }
    }

    public void Reconcile()
    {
        for (var index = 0; index < _slots.Length; index++)
        {
            Settle(index);
        }

        var moving = ChooseMoving();
        var (inPlace, replaced) = SortOutdated();
        var updatedByMoving = moving.Count(allocation => allocation.JobVersion != _version);
        rollOut.Begin(group, _ranBefore, inPlace.Count + replaced.Count + updatedByMoving, replaced.Count + updatedByMoving);

        UpdateInPlace(inPlace);
        foreach (var vacancy in _vacancies)
        {
            Fill(vacancy);
        }

        foreach (var allocation in moving)
        {
            var reason = allocation.Moves ? Reasons.Moved : Reasons.NodeDrained;
            look.Result.Stop.Add(new AllocationItem(allocation, reason));
            Place(allocation.Index, allocation, null, reason);
        }

        _canaries.Reconcile(replaced);
        Replace(replaced);
    }

    private void Settle(int index)
    {
        ref readonly var slot = ref _slots[index];
        if (slot.Count == 1 && slot[0] is { IsLive: true, Run: not RunState.Unknown } only
            && look.NodeOf(only) is { Status: NodeStatus.Ready } node)
        {
            // Nearly always.
            Keep(only, node);
            return;
        }

        if (slot.Count == 0)
        {
            _vacancies.Add(new Vacancy(index, null));
            return;
        }

        var occupancy = Occupancy.Settle(look, group, slot);
        if (occupancy.Holder is { } holder)
        {
            Keep(holder, look.NodeOf(holder));
        }
        else if (occupancy.IsVacant(group))
        {
            _vacancies.Add(new Vacancy(index, slot.Latest(canaries: false)));
        }
    }

    private void Keep(AllocationState holder, NodeSpec? node)
    {
        _healthKnown += holder.Healthy is null ? 0 : 1;
        if (holder.Moves)
        {
            _askedToMove.Add(holder);
        }
        else if (node?.Drain is null)
        {
            Stay(holder, Reasons.UpToDate);
        }
        else
        {
            _onDrainingNodes.Add(holder);
        }
    }

    /// <summary>It remains where it is, but for what its version asks.</summary>
    private void Stay(AllocationState holder, string reason)
    {
        if (_rollsOut && holder.Healthy is not true && rollOut.IsOf(holder))
        {
            _unproven++;
            _isUnhealthy |= holder.Healthy is false;
        }

        if (holder.JobVersion != _version)
        {
            _outdated.Add(holder);
        }
        else if (holder.Canary && rollOut.IsOf(holder))
        {
            look.Result.InPlace.Add(new AllocationItem(holder, Reasons.Promoted));
        }
        else
        {
            look.Result.Ignore.Add(new AllocationItem(holder, reason));
        }
    }

    /// <summary>
    /// Those that a user asked to move, at once; and those that leave their draining node now. The others wait where they
    /// are, and may be updated there.
    /// </summary>
    private List<AllocationState> ChooseMoving()
    {
        var moving = new List<AllocationState>(_askedToMove);

        // As in Nomad: down are names that are empty, and those whose new allocation is not known to be well. Batch
        // instances are left to finish.
        var allowed = look.Job.RunsOnce ? 0 : group.MigrateParallel - (group.Count - _healthKnown);
        allowed -= _askedToMove.Count(static allocation => allocation.Healthy is not null);
        foreach (var allocation in _onDrainingNodes)
        {
            var deadline = look.NodeOf(allocation)?.Drain?.At;
            if (deadline <= look.Now || allowed > 0)
            {
                // One that is not known to be well counts as down already.
                allowed -= allocation.Healthy is null ? 0 : 1;
                moving.Add(allocation);
                continue;
            }

            look.WakeAt(deadline);
            Stay(allocation, look.Job.RunsOnce ? Reasons.FinishesFirst : Reasons.WaitsForDrain);
        }

        return moving;
    }

    private Updates SortOutdated()
    {
        var updates = new Updates([], []);
        var held = rollOut.ModeOf(group) == RollOutMode.Held;
        foreach (var allocation in _outdated)
        {
            var same = allocation.Definition == group.Definition;
            if (held)
            {
                look.Result.Ignore.Add(new AllocationItem(allocation, Reasons.WaitsForRollOut));
            }
            else if (same && look.StaysOn(group, allocation))
            {
                updates.InPlace.Add(allocation);
            }
            else
            {
                updates.Replaced.Add(new AllocationItem(allocation, same ? Reasons.NodeUnsuitable : Reasons.NewVersion));
            }
        }

        return updates;
    }

    /// <summary>All at once: nothing restarts.</summary>
    private void UpdateInPlace(List<AllocationState> allocations)
    {
        var counts = rollOut.Counts(group);
        foreach (var allocation in allocations)
        {
            look.Result.InPlace.Add(new AllocationItem(allocation, Reasons.NewVersion) { InDeployment = counts });
        }

        if (counts && allocations.Count > 0)
        {
            _unproven += allocations.Count;
            rollOut.Started(group);
        }
    }

    private readonly record struct Updates(List<AllocationState> InPlace, List<AllocationItem> Replaced);
}
