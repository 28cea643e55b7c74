using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// How long an allocation may go on without the control plane: Nomad's <c>disconnect.stop_on_client_after</c>, and its older
/// name <c>stop_after_client_disconnect</c>. Once it was stopped for that it has ended, and does not come back with the
/// connection: the scheduler has replaced it, or will.
/// </summary>
internal static class StopOnClientAfter
{
    /// <returns>Null: for ever. Zero is taken for that as well: no agent is always heard.</returns>
    public static TimeSpan? Of(AssignedAllocation assigned) =>
        (assigned.TaskGroup.Disconnect?.StopOnClientAfter ?? assigned.TaskGroup.StopAfterClientDisconnect) is { } nanoseconds and > 0
            ? TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick)
            : null;
}
