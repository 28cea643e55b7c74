using System.Runtime.InteropServices;

namespace Saas.Scheduler.Core.Selection;

/// <summary>On which nodes a job's allocations are that shall run, kept ones and those placed by this plan.</summary>
internal sealed class JobPresence
{
    private readonly Dictionary<string, Dictionary<int, int>> _groups = [];
    private readonly Dictionary<int, int> _job = [];

    public void Add(string group, int slot)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(Of(group), slot, out _)++;
        CollectionsMarshal.GetValueRefOrAddDefault(_job, slot, out _)++;
    }

    /// <summary>Of the whole job: allocations by slot.</summary>
    public Dictionary<int, int> OfJob => _job;

    /// <summary>Allocations of the group by slot.</summary>
    public Dictionary<int, int> Of(string group)
    {
        if (!_groups.TryGetValue(group, out var slots))
        {
            slots = [];
            _groups.Add(group, slots);
        }

        return slots;
    }
}
