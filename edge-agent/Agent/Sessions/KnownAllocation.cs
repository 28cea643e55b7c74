using Saas.EdgeAgent.Allocations;

namespace Saas.EdgeAgent.Sessions;

internal static class KnownAllocation
{
    /// <exception cref="SessionRefusedException">404: this node has no such allocation, or not any more.</exception>
    public static AllocationSlot Require(this AllocationStore store, string? id) => (id is null ? null : store.Find(id))
        ?? throw new SessionRefusedException(SessionRefusedException.NotFound, $"Unknown allocation \"{id}\"");
}
