using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Reconcile;

/// <summary>The names a job's groups own, each with the allocations that bear or bore it.</summary>
internal sealed class SlotTable
{
    private readonly Dictionary<string, (GroupSpec Group, Slot[] Slots)> _groups = [];
    private readonly IReadOnlyList<GroupSpec> _order;

    public SlotTable(IReadOnlyList<GroupSpec> groups)
    {
        _order = groups;
        foreach (var group in groups)
        {
            _groups.Add(group.Name, (group, new Slot[group.Count]));
        }
    }

    public IEnumerable<(GroupSpec Group, int Index, Slot Slot)> All
    {
        get
        {
            foreach (var group in _order)
            {
                var slots = _groups[group.Name].Slots;
                for (var i = 0; i < slots.Length; i++)
                {
                    yield return (group, i, slots[i]);
                }
            }
        }
    }

    /// <summary>Null: it was added. Else why no name of the job is its own.</summary>
    public string? TryAdd(AllocationState allocation)
    {
        if (!_groups.TryGetValue(allocation.Group, out var found))
        {
            return Reasons.GroupRemoved;
        }

        if (allocation.Index >= found.Slots.Length)
        {
            return Reasons.CountLowered;
        }

        found.Slots[allocation.Index].Add(allocation);
        return null;
    }
}

/// <summary>The allocations of one name. Mostly one, so that no list is made for it.</summary>
internal struct Slot
{
    private AllocationState? _first;
    private List<AllocationState>? _more;

    public void Add(AllocationState allocation)
    {
        if (_first is null)
        {
            _first = allocation;
        }
        else
        {
            (_more ??= []).Add(allocation);
        }
    }

    /// <summary>The one to keep stands before those to stop: present version, running, then oldest.</summary>
    public readonly IEnumerable<AllocationState> BestFirst(long version)
    {
        if (_first is null)
        {
            return [];
        }

        return _more is null
            ? [_first]
            : _more.Prepend(_first)
                .OrderByDescending(allocation => allocation.JobVersion == version)
                .ThenByDescending(static allocation => allocation.Run == RunState.Running)
                .ThenBy(static allocation => allocation.CreatedAt)
                .ThenBy(static allocation => allocation.Id, StringComparer.Ordinal);
    }

    /// <summary>The end of the chain of replacements; by time where there are several, as clocks of two leaders differ.</summary>
    public readonly AllocationState? Latest()
    {
        if (_first is null || _more is null)
        {
            return _first;
        }

        var replaced = _more.Prepend(_first).Select(static allocation => allocation.PreviousId).ToHashSet();
        return _more.Prepend(_first)
            .Where(allocation => !replaced.Contains(allocation.Id))
            .OrderBy(static allocation => allocation.CreatedAt)
            .ThenBy(static allocation => allocation.Id, StringComparer.Ordinal)
            .LastOrDefault() ?? _first;
    }
}
