using Saas.Contracts.Agents;

namespace Saas.Scheduler.Host.Commit;

/// <summary>A node's assignment document as it is in the store. Immutable; a commit puts another in its place.</summary>
/// <param name="ETag">Null: there is no row yet.</param>
internal sealed record NodeDocument(string NodeId, long Index, string? ETag, IReadOnlyList<AssignedAllocation> Allocations)
{
    public static NodeDocument Empty(string nodeId) => new(nodeId, 0, null, []);
}
