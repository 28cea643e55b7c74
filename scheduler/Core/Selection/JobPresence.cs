using System.Runtime.InteropServices;

namespace Saas.Scheduler.Core.Selection;

/// <summary>On which nodes a job's allocations are that shall run, kept ones and those placed by this plan.</summary>
internal sealed class JobPresence
{
    private readonly Dictionary<string, Dictionary<int, int>> _groups = [];
    private readonly Dictionary<int, int> _job;
    private readonly string? _onlyGroup;

    /// <param name="onlyGroup">Name of the group, of a job that has one: then what is the group's is the job's, and counted once.</param>
    /// <param name="capacity">How many allocations are kept.</param>
    public JobPresence(string? onlyGroup, int capacity)
    {
        (_job, _onlyGroup) = (new Dictionary<int, int>(capacity), onlyGroup);
        if (onlyGroup is not null)
        {
            _groups.Add(onlyGroup, _job);
        }
    }

    public void Add(string group, int slot)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_job, slot, out _)++;
        if (_onlyGroup is null)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(Of(group), slot, out _)++;
        }
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
