using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// Whether the allocations that another one follows have ended, so that their room is free. One has when this agent's record
/// says so; or when there is no record, the assignment does not name it, and no driver holds anything of it. One that the
/// assignment names and the agent has not looked at yet may run: its driver decides, not the order in which we look. All of it is
/// on disk or with the drivers, so that an agent that was killed judges alike.
/// </summary>
internal sealed class Predecessors(CurrentAssignment assignment, AllocationStore store)
{
    /// <param name="assigned">Null: nothing is to run, so that nothing waits.</param>
    /// <param name="isListed">Whether a driver holds workloads of an allocation.</param>
    /// <returns>The first that has not ended; null: all have.</returns>
    public string? FirstOf(AssignedAllocation? assigned, Func<string, bool> isListed) =>
        assigned?.Follows?.FirstOrDefault(id => !HasEnded(id, isListed));

    private bool HasEnded(string id, Func<string, bool> isListed) => store.Find(id) is { } slot
        ? slot.Record.IsTerminal
        : assignment.Lookup(id).Wanted == Wanted.Gone && !isListed(id);
}
