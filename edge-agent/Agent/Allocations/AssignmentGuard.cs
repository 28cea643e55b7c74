using Saas.Contracts;
using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// What the agent does not take from anyone, the control plane included: ids and names become paths here. The platform
/// validates jobs; this is the second lock.
/// </summary>
internal static class AssignmentGuard
{
    private const int MaxTasks = 64;
    private const int MaxNameLength = 64;

    /// <summary>True if the id may be used at all, be it for a report.</summary>
    public static bool IsSafeId(string? id) => EntityId.IsValid("alloc", id);

    /// <summary>Null if the allocation can be worked.</summary>
    public static string? Check(AssignedAllocation assigned)
    {
        if (assigned.TaskGroup.Tasks is not { Count: > 0 and <= MaxTasks } tasks)
        {
            return $"A group has 1 to {MaxTasks} tasks";
        }

        if (!tasks.All(task => task is { Name: not null, Driver: not null } && IsSafeName(task.Name)))
        {
            return "A task's name is 1 to 64 of letters, digits, '-', '_' and '.', and it names its driver";
        }

        return tasks.DistinctBy(task => task.Name).Count() == tasks.Count ? null : "Two tasks have one name";
    }

    private static bool IsSafeName(string name) => name.Length is > 0 and <= MaxNameLength && name is not ("." or "..")
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
