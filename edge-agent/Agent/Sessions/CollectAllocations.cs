using Saas.Contracts.Agents;
using Saas.EdgeAgent.Allocations;

namespace Saas.EdgeAgent.Sessions;

/// <summary>Deletes what is left of allocations that have ended: their folders, with logs.</summary>
internal sealed class CollectAllocations(WorkloadSpecs specs, AllocationStore store) : ISessionOperation
{
    public string Kind => SessionKinds.Collect;

    public Task RunAsync(OpenSession session, SessionLine line, CancellationToken ct)
    {
        if (session.Request.AllocationId is not { } id)
        {
            specs.Collect(known => !HasEnded(known), keep: 0);
            return Task.CompletedTask;
        }

        return AssignmentGuard.IsSafeId(id) && HasEnded(id) && specs.Delete(id)
            ? Task.CompletedTask
            : throw new SessionRefusedException(SessionRefusedException.Failed, "No such allocation on client, or allocation not eligible for GC");
    }

    /// <summary>Of one not known any more nothing can run.</summary>
    private bool HasEnded(string id) => store.Find(id) is not { Record.IsTerminal: false };
}
