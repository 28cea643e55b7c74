using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Reconcile;

/// <summary>
/// One group of a system or sysbatch job: an allocation on each open node that suits. The node is the name, so there is
/// nothing to move and nothing to count; a node that takes nothing new keeps what it has.
/// </summary>
internal sealed class SystemReconciler(JobLook look, GroupSpec group)
{
    private readonly List<AllocationItem> _replaced = [];

    /// <summary>Of the present version: not yet known whether they are well.</summary>
    private int _unproven;

    public void Reconcile(IReadOnlyList<AllocationState> allocations)
    {
        var byNode = new Dictionary<string, Slot>();
        for (var i = 0; i < allocations.Count; i++)
        {
            var allocation = allocations[i];
            if (allocation.Group == group.Name)
            {
                var slot = byNode.GetValueOrDefault(allocation.NodeId);
                slot.Add(allocation);
                byNode[allocation.NodeId] = slot;
            }
        }

        foreach (var slot in byNode.Values)
        {
            Settle(slot);
        }

        if (group.Count > 0)
        {
            foreach (var node in look.AllNodes)
            {
                if (node.IsOpen && !byNode.ContainsKey(node.Id) && look.Suits(group, node))
                {
                    Place(node, null, null, Reasons.Missing);
                }
            }
        }

        Replace();
    }

    private void Settle(in Slot slot)
    {
        if (group.Count == 0)
        {
            for (var i = 0; i < slot.Count; i++)
            {
                look.Dismiss(slot[i], Reasons.CountLowered);
            }

            return;
        }

        var occupancy = Occupancy.Settle(look, group, slot);
        if (occupancy.Holder is { } holder && look.NodeOf(holder) is { } node)
        {
            Keep(holder, node);
        }
        else if (occupancy is { Holder: null, Unknown: null, Completed: false })
        {
            Fill(new Vacancy(0, slot.Latest(canaries: false)));
        }
    }

    private void Keep(AllocationState holder, NodeSpec node)
    {
        if (node.Drain is { } drain && LeavesFor(drain, node))
        {
            look.Result.Stop.Add(new AllocationItem(holder, Reasons.NodeDrained));
        }
        else if (holder.Moves)
        {
            look.Result.Stop.Add(new AllocationItem(holder, Reasons.Moved));
            if (node.IsOpen && look.Suits(group, node))
            {
                Place(node, holder, null, Reasons.Moved);
            }
        }
        else if (holder.JobVersion == look.Job.Version)
        {
            var reason = node.Drain switch
            {
                null => Reasons.UpToDate,
                { IgnoreSystem: true } => Reasons.StaysInDrain,
                _ => Reasons.LastOnNode,
            };
            _unproven += holder.Healthy is null ? 1 : 0;
            look.Result.Ignore.Add(new AllocationItem(holder, reason));
        }
        else
        {
            Update(holder, node);
        }
    }

    /// <summary>System jobs serve the others on their node, and so go last.</summary>
    private bool LeavesFor(Drain drain, NodeSpec node)
    {
        if (drain.IgnoreSystem)
        {
            return false;
        }

        look.WakeAt(drain.At);
        return drain.At <= look.Now || look.HasOnlySystem(node.Id);
    }

    private void Update(AllocationState holder, NodeSpec node)
    {
        if (!node.IsOpen)
        {
            look.Result.Ignore.Add(new AllocationItem(holder, Reasons.NodeTakesNothingNew));
        }
        else if (!look.Suits(group, node))
        {
            look.Result.Stop.Add(new AllocationItem(holder, Reasons.NodeUnsuitable));
        }
        else if (holder.Definition == group.Definition && look.StaysOn(group, holder))
        {
            look.Result.InPlace.Add(new AllocationItem(holder, Reasons.NewVersion));
        }
        else
        {
            _replaced.Add(new AllocationItem(holder, Reasons.NewVersion));
        }
    }

    private void Fill(Vacancy vacancy)
    {
        var latest = vacancy.Latest!;
        if (look.NodeOf(latest) is not { IsOpen: true } node || !look.Suits(group, node))
        {
            return;
        }

        var cause = vacancy.Cause(look.Job);
        if (latest.JobVersion != look.Job.Version || cause is VacancyCause.Stopped or VacancyCause.Taken)
        {
            Place(node, latest, null, Vacancy.ReasonToPlace(cause == VacancyCause.Taken ? cause : VacancyCause.New, latest));
        }
        else if (cause == VacancyCause.Ended && HasBegunAnew(node, latest))
        {
            Place(node, latest, null, Vacancy.ReasonToPlace(cause, latest));
        }
        else if (cause == VacancyCause.Ended)
        {
            look.Result.GivenUp.Add(new AllocationItem(latest, Reasons.NotRescheduled));
        }
    }

    /// <summary>
    /// As in Nomad, what ended by itself is its agent's to restart, and when that has given up it stays as it is until the
    /// job or the node changes: until a system job's node is ready anew. What was to run once had its turn.
    /// </summary>
    private bool HasBegunAnew(NodeSpec node, AllocationState ended) => !look.Job.RunsOnce && node.ReadySince > ended.EndedAt;

    private void Replace()
    {
        var limit = group.Update is { } update ? update.MaxParallel - _unproven : int.MaxValue;
        foreach (var item in _replaced)
        {
            if (limit-- > 0)
            {
                look.Result.Stop.Add(item);
                Place(look.NodeOf(item.Allocation)!, item.Allocation, null, item.Reason);
            }
            else
            {
                look.Result.Ignore.Add(new AllocationItem(item.Allocation, Reasons.WaitsForRollOut));
            }
        }
    }

    private void Place(NodeSpec node, AllocationState? previous, IReadOnlyList<string>? penaltyNodes, string reason)
    {
        _unproven++;
        look.Result.Place.Add(new PlaceItem(group, 0, previous, penaltyNodes, reason) { NodeId = node.Id });
    }
}
