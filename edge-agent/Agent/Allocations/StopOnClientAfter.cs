using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// How long an allocation may go on without the control plane: Nomad's <c>disconnect.stop_on_client_after</c>, and its older
/// name <c>stop_after_client_disconnect</c>. Once it is to be stopped for that it ends, and does not come back with the
/// connection: the scheduler has replaced it, or will. Pure.
/// </summary>
internal static class StopOnClientAfter
{
    /// <param name="unheard">How long the control plane was not reached, by the monotonic clock.</param>
    /// <returns>Null: it goes on; always where the group says nothing, or zero: no agent is always heard.</returns>
    public static string? ReasonOf(AssignedAllocation assigned, TimeSpan unheard)
    {
        var nanoseconds = assigned.TaskGroup.Disconnect?.StopOnClientAfter ?? assigned.TaskGroup.StopAfterClientDisconnect ?? 0;
        var patience = TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        return patience > TimeSpan.Zero && unheard >= patience ? $"The control plane was not reached for {patience.TotalSeconds:0.#} s" : null;
    }
}
