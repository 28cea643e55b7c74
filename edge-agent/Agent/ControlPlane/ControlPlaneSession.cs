using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.ControlPlane;

/// <summary>The enrolled node's requests: with a token, and once more with a new one if that was refused.</summary>
/// <param name="contact">Learns of every answer that was none of refusal; null: nobody asks.</param>
internal sealed class ControlPlaneSession(ControlPlaneClient client, AccessTokens tokens, PlatformContact? contact = null)
{
    public Task<NodeResponse> PutNodeAsync(NodeFingerprint fingerprint, CancellationToken ct) =>
        CallAsync(bearer => client.PutNodeAsync(bearer, fingerprint, ct), ct);

    public Task<NodeAssignment> GetAssignmentAsync(long index, TimeSpan wait, CancellationToken ct) =>
        CallAsync(bearer => client.GetAssignmentAsync(bearer, index, wait, ct), ct);

    public Task PutAllocationsAsync(AllocationReports reports, CancellationToken ct) =>
        CallAsync(bearer => DoneAsync(client.PutAllocationsAsync(bearer, reports, ct)), ct);

    public Task PostUsageAsync(UsageReport report, CancellationToken ct) =>
        CallAsync(bearer => DoneAsync(client.PostUsageAsync(bearer, report, ct)), ct);

    public Task<OpenSessions> GetSessionsAsync(string mark, TimeSpan wait, CancellationToken ct) =>
        CallAsync(bearer => client.GetSessionsAsync(bearer, mark, wait, ct), ct);

    public Task<SessionReceipt> PushFramesAsync(string sessionId, SessionFrames frames, CancellationToken ct) =>
        CallAsync(bearer => client.PushFramesAsync(bearer, sessionId, frames, ct), ct);

    public Task<SessionFrames> PullFramesAsync(string sessionId, long after, TimeSpan wait, CancellationToken ct) =>
        CallAsync(bearer => client.PullFramesAsync(bearer, sessionId, after, wait, ct), ct);

    private async Task<T> CallAsync<T>(Func<string, Task<T>> call, CancellationToken ct)
    {
        var bearer = await tokens.GetAsync(ct);
        try
        {
            return await HeardAsync(call(bearer));
        }
        catch (ControlPlaneException e) when (e.Fault == ControlPlaneFault.Unauthorized)
        {
            await tokens.DiscardAsync(bearer, ct);
        }

        return await HeardAsync(call(await tokens.GetAsync(ct)));
    }

    private async Task<T> HeardAsync<T>(Task<T> call)
    {
        var answer = await call;
        contact?.Heard();
        return answer;
    }

    private static async Task<bool> DoneAsync(Task call)
    {
        await call;
        return true;
    }
}
