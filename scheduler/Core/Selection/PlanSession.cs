using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Selection;

/// <summary>
/// What one plan has done to the cluster so far. Reservations are made on the cluster itself, so that each job sees what
/// those before it took, and undone when the plan is made: planning changes nothing that its caller can see.
/// </summary>
internal sealed class PlanSession(Cluster cluster) : IDisposable
{
    private readonly List<Change> _changes = [];
    private readonly List<(int Slot, int Bytes)> _resized = [];
    private readonly Dictionary<int, List<AllocationState>> _leaving = [];
    private readonly HashSet<string> _spokenFor = [];

    public Cluster Cluster => cluster;

    public void Reserve(int slot, string projectId, ResourceAsk ask, Grant? grant)
    {
        cluster.Reserve(slot, projectId, ask, grant);
        _changes.Add(new Change(slot, projectId, ask, grant, IsRelease: false));
    }

    /// <summary>It has ended: its room is free for all.</summary>
    public void Release(AllocationState allocation)
    {
        _spokenFor.Add(allocation.Id);
        if (allocation.Assigned && cluster.Nodes.SlotOf(allocation) is var slot and >= 0)
        {
            cluster.Release(slot, allocation.ProjectId, allocation.Ask, allocation.Grant);
            _changes.Add(new Change(slot, allocation.ProjectId, allocation.Ask, allocation.Grant, IsRelease: true));
        }
    }

    /// <summary>It is told to stop: its room is for those who follow it.</summary>
    public void MarkLeaving(AllocationState allocation)
    {
        if (_spokenFor.Add(allocation.Id) && cluster.Nodes.SlotOf(allocation) is var slot and >= 0)
        {
            if (!_leaving.TryGetValue(slot, out var list))
            {
                list = [];
                _leaving.Add(slot, list);
            }

            list.Add(allocation);
        }
    }

    /// <summary>The plan has something else in mind with it: nobody preempts it.</summary>
    public void MarkSpokenFor(AllocationState allocation) => _spokenFor.Add(allocation.Id);

    public bool IsSpokenFor(AllocationState allocation) => _spokenFor.Contains(allocation.Id);

    /// <summary>Takes room in the node's document for an allocation that changes there. False: there is none.</summary>
    public bool TryResizeDocument(int slot, int bytes)
    {
        if (!cluster.Usage.TryResizeDocument(slot, bytes))
        {
            return false;
        }

        _resized.Add((slot, bytes));
        return true;
    }

    /// <summary>Told to stop, by this plan or before, and not ended. By id, whatever order they came in.</summary>
    public IReadOnlyList<AllocationState> LeavingOn(int slot)
    {
        var marked = _leaving.GetValueOrDefault(slot);
        if (marked is null && cluster.Nodes.Leaving[slot] == 0)
        {
            return [];
        }

        var leaving = new List<AllocationState>(marked ?? []);
        foreach (var allocation in cluster.Nodes.AllocationsOf(slot))
        {
            if (allocation.IsLeaving && !_spokenFor.Contains(allocation.Id))
            {
                leaving.Add(allocation);
            }
        }

        leaving.Sort(static (one, other) => string.CompareOrdinal(one.Id, other.Id));
        return leaving;
    }

    /// <summary>Slots where something leaves, in the order in which ties are broken.</summary>
    public IEnumerable<int> SlotsWithLeaving()
    {
        foreach (var slot in cluster.Nodes.InTieOrder())
        {
            if (cluster.Nodes.Leaving[slot] > 0 || _leaving.ContainsKey(slot))
            {
                yield return slot;
            }
        }
    }

    public void Dispose()
    {
        foreach (var (slot, bytes) in _resized)
        {
            cluster.Usage.ResizeDocument(slot, -bytes);
        }

        for (var i = _changes.Count - 1; i >= 0; i--)
        {
            var change = _changes[i];
            if (change.IsRelease)
            {
                cluster.Reserve(change.Slot, change.ProjectId, change.Ask, change.Grant);
            }
            else
            {
                cluster.Release(change.Slot, change.ProjectId, change.Ask, change.Grant);
            }
        }
    }

    private readonly record struct Change(int Slot, string ProjectId, ResourceAsk Ask, Grant? Grant, bool IsRelease);
}
