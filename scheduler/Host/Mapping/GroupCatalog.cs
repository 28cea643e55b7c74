using Saas.Cluster.Assignments;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Cells;

namespace Saas.Scheduler.Host.Mapping;

/// <summary>A job as one submission left it. Versions are never changed, so this names its task groups for good.</summary>
internal readonly record struct JobVersionKey(JobKey Job, long Version);

/// <summary>
/// One object per task group and job version, however many allocations there are of it: a million allocations would else
/// be a million task groups in memory.
/// </summary>
internal sealed class GroupCatalog
{
    private readonly Dictionary<JobVersionKey, Dictionary<string, GroupDefinition>> _known = [];

    /// <summary>All there are.</summary>
    public IEnumerable<GroupDefinition> All => _known.Values.SelectMany(static groups => groups.Values);

    /// <summary>As <see cref="Cluster.SchedulerSettings.MemoryOversubscription"/>, for versions that are put in from now on.</summary>
    public bool Oversubscribes { get; set; }

    public GroupDefinition? Find(JobVersionKey key, string group) =>
        _known.TryGetValue(key, out var groups) ? groups.GetValueOrDefault(group) : null;

    /// <summary>As it is to be placed from now on.</summary>
    public GroupDefinition Of(JobVersionKey key, string jobType, TaskGroup group)
    {
        var groups = GroupsOf(key);
        if (!groups.TryGetValue(group.Name ?? "", out var definition)
            || definition.Group.MemoryOversubscription != group.MemoryOversubscription)
        {
            definition = GroupDefinition.Of(key, jobType, group);
            groups[group.Name ?? ""] = definition;
        }

        return definition;
    }

    /// <summary>As a document names it: it may have been placed under other settings than those of now, and stays as it is.</summary>
    public GroupDefinition Assigned(JobVersionKey key, AssignmentGroup assigned, TaskGroup stored)
    {
        var definition = GroupDefinition.Of(key, assigned.JobType, stored);
        GroupsOf(key).TryAdd(assigned.Group, definition);
        return definition;
    }

    private Dictionary<string, GroupDefinition> GroupsOf(JobVersionKey key)
    {
        if (!_known.TryGetValue(key, out var groups))
        {
            groups = [];
            _known.Add(key, groups);
        }

        return groups;
    }

    /// <param name="isNeeded">Whether a version is still asked for.</param>
    public void Forget(JobKey job, Func<long, bool> isNeeded)
    {
        foreach (var key in _known.Keys.Where(key => key.Job == job && !isNeeded(key.Version)).ToArray())
        {
            _known.Remove(key);
        }
    }
}
