using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Simulation.Invariants;

/// <summary>
/// No node runs more than it has, in whatever order what is told to stop ends: whoever takes its room waits for it. Where a
/// node has less than it had, nothing more is placed until it fits. An allocation leaves its document only when its record says that it has ended.
/// </summary>
internal sealed class RoomChecks(World world)
{
    /// <summary>So many that leave are tried in every combination; of more, only each alone, all, and none.</summary>
    private const int MostCombined = 6;

    private readonly Dictionary<string, DateTimeOffset> _shrunk = new(StringComparer.Ordinal);

    public void Note(Changes changes)
    {
        foreach (var (id, before) in changes.Nodes)
        {
            if (before?.Fingerprint?.Resources is { } had && world.Mirror.Nodes[id].Fingerprint?.Resources is { } has
                && (has.Cores < had.Cores || has.CpuMhz < had.CpuMhz || has.MemoryMB < had.MemoryMB))
            {
                _shrunk[id] = world.Clock.GetUtcNow();
            }
        }
    }

    public void Check(Changes changes)
    {
        foreach (var (nodeId, before) in changes.Documents)
        {
            var document = world.Mirror.Documents[nodeId];
            foreach (var gone in (before?.Allocations ?? []).Where(allocation => document.Allocations.All(other => other.Id != allocation.Id)))
            {
                Checks.Holds(world.Mirror.HasEnded(gone.Id) || !world.Mirror.Records.ContainsKey(gone.Id) && !world.Mirror.Jobs.ContainsKey((gone.ProjectId, gone.JobId)),
                    () => $"{gone.Id} left the document of {nodeId} without having ended");
            }

            CheckDocument(document, before);
        }
    }

    public void CheckTogether(string nodeId, IReadOnlyCollection<AssignedAllocation> together, string what) => Checks.Holds(
        together.All(allocation => WasPlacedBeforeItShrank(nodeId, allocation)) || Room.Excess(world.Mirror.Nodes[nodeId], together) is null,
        () => $"{what} on {nodeId} is more than it has: {Room.Excess(world.Mirror.Nodes[nodeId], together)}; {Text(together)}");

    /// <summary>Or before the scheduler must have heard of it.</summary>
    private bool WasPlacedBeforeItShrank(string nodeId, AssignedAllocation allocation) =>
        _shrunk.TryGetValue(nodeId, out var at) && allocation.CreatedAt <= at + world.Options.ResyncEvery + TimeSpan.FromSeconds(1);

    private void CheckDocument(NodeAssignment document, NodeAssignment? before)
    {
        if (world.Mirror.Nodes[document.NodeId].Fingerprint is null)
        {
            Checks.Holds(document.Allocations.Count == 0, () => $"{document.NodeId} has told nothing of itself and has allocations");
            return;
        }

        Checks.Holds(document.Index > (before?.Index ?? 0), () => $"the document of {document.NodeId} went back to {document.Index}");
        var present = document.Allocations.Where(allocation => !world.Mirror.HasEnded(allocation.Id)).ToArray();
        var leaving = present.Where(static allocation => allocation.DesiredStatus != DesiredStatus.Run).ToArray();
        foreach (var ended in CombinationsOf(leaving))
        {
            var running = present.Where(allocation => !ended.Contains(allocation.Id)
                && (allocation.Follows ?? []).All(followed => ended.Contains(followed) || present.All(other => other.Id != followed))).ToArray();
            CheckTogether(document.NodeId, running, "what may run");
        }
    }

    private static IEnumerable<HashSet<string>> CombinationsOf(AssignedAllocation[] leaving)
    {
        if (leaving.Length > MostCombined)
        {
            return [[], [.. leaving.Select(static one => one.Id)], .. leaving.Select(static one => new HashSet<string> { one.Id })];
        }

        return Enumerable.Range(0, 1 << leaving.Length)
            .Select(set => leaving.Where((_, i) => (set >> i & 1) == 1).Select(static one => one.Id).ToHashSet());
    }

    private static string Text(IEnumerable<AssignedAllocation> allocations) => string.Join(
        "; ", allocations.Select(static one => $"{one.Id} {one.JobId}.{one.Group}[{one.Index}] {one.DesiredStatus} follows {string.Join(',', one.Follows ?? [])}"));
}
