using Saas.Cluster;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs;

/// <summary>What a submission may leave to the job that is there, group by group and task by task: those who scale it have set it.</summary>
internal static class Preserved
{
    public static Job CountsOf(JobRecord? before, Job job)
    {
        var counts = GroupsOf(before);
        return job with
        {
            TaskGroups = [.. (job.TaskGroups ?? []).Select(group => counts.TryGetValue(group.Name ?? "", out var old) ? group with { Count = old.Count } : group)],
        };
    }

    public static Job ResourcesOf(JobRecord? before, Job job)
    {
        var groups = GroupsOf(before);
        return job with
        {
            TaskGroups = [.. (job.TaskGroups ?? []).Select(group => groups.TryGetValue(group.Name ?? "", out var old) ? WithResourcesOf(old, group) : group)],
        };
    }

    private static TaskGroup WithResourcesOf(TaskGroup old, TaskGroup group)
    {
        var tasks = (old.Tasks ?? []).ToDictionary(static task => task.Name ?? "", StringComparer.Ordinal);
        return group with
        {
            Tasks = [.. (group.Tasks ?? []).Select(task => tasks.TryGetValue(task.Name ?? "", out var same) ? task with { Resources = same.Resources } : task)],
        };
    }

    private static Dictionary<string, TaskGroup> GroupsOf(JobRecord? before) =>
        (before?.Job.TaskGroups ?? []).ToDictionary(static group => group.Name ?? "", StringComparer.Ordinal);
}
