using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Reconcile;

/// <summary>The allocations of one name. Mostly one, so that no list is made for it.</summary>
internal struct Slot
{
    private AllocationState? _first;
    private List<AllocationState>? _more;

    public readonly int Count => _first is null ? 0 : 1 + (_more?.Count ?? 0);

    public readonly AllocationState this[int i] => i == 0 ? _first! : _more![i - 1];

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

    /// <summary>An instance of this version that completed and was not told to stop.</summary>
    public readonly bool HasCompleted(long version)
    {
        for (var i = 0; i < Count; i++)
        {
            if (this[i] is { Run: RunState.Complete, Stopping: false } completed && completed.JobVersion == version)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// What filled the name last: the end of the chain of replacements; by time where there are several, as clocks of two
    /// leaders differ.
    /// </summary>
    /// <param name="canaries">False: canaries that have ended are not asked. They never had the name for themselves.</param>
    public readonly AllocationState? Latest(bool canaries)
    {
        AllocationState? latest = null;
        for (var i = 0; i < Count; i++)
        {
            if (this[i] is var other && MayBeLatest(other, canaries) && (latest is null || IsLater(other, latest)))
            {
                latest = other;
            }
        }

        // As many steps as there are, at most: ids that refer to each other in a circle would never end.
        for (var step = 1; step < Count && latest is not null && ReplacementOf(latest, canaries) is { } next; step++)
        {
            latest = next;
        }

        return latest;
    }

    private readonly AllocationState? ReplacementOf(AllocationState replaced, bool canaries)
    {
        for (var i = 0; i < Count; i++)
        {
            if (this[i].PreviousId == replaced.Id && MayBeLatest(this[i], canaries))
            {
                return this[i];
            }
        }

        return null;
    }

    private static bool MayBeLatest(AllocationState allocation, bool canaries) =>
        canaries || allocation.IsLive || !allocation.Canary;

    private static bool IsLater(AllocationState one, AllocationState other) =>
        one.CreatedAt != other.CreatedAt
            ? one.CreatedAt > other.CreatedAt
            : string.CompareOrdinal(one.Id, other.Id) > 0;
}
