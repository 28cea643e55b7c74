using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Cells;

namespace Saas.Scheduler.Host.Mapping;

/// <summary>A job as one submission left it. Versions are never changed, so this names its task groups for good.</summary>
internal readonly record struct JobVersionKey(JobKey Job, long Version);

/// <summary>
/// One object per task group and job version, however many allocations carry a copy of it in their documents: a million
/// allocations would else be a million task groups in memory.
/// </summary>
internal sealed class GroupCatalog
{
    private readonly Dictionary<(JobVersionKey, string), GroupDefinition> _known = [];

    public GroupDefinition Of(JobVersionKey key, TaskGroup group)
    {
        if (!_known.TryGetValue((key, group.Name ?? ""), out var definition))
        {
            definition = GroupDefinition.Of(key, group);
            _known.Add((key, group.Name ?? ""), definition);
        }

        return definition;
    }

    public void Forget(JobKey job)
    {
        foreach (var key in _known.Keys.Where(key => key.Item1.Job == job).ToArray())
        {
            _known.Remove(key);
        }
    }
}
