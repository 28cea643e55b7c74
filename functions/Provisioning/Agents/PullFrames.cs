using Microsoft.AspNetCore.Http;
using Saas.Cluster.Sessions;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Client.Sessions;
using Saas.Storage;

namespace Saas.Provisioning.Agents;

/// <summary>What the client sends in a session, as a blocking query. Asking for what follows a frame is taking that one and those before.</summary>
internal static class PullFrames
{
    public static void Map(IRouteTable routes) =>
        routes.MapAgent("GET", AgentProtocol.SessionFramesPath("{sessionId}"), "sessions", HandleAsync)
            .Summary("The client's frames behind after; with wait (0 to 60 seconds) a long poll for them.")
            .Produces(StatusCodes.Status200OK, AgentJson.Default.SessionFrames)
            .Problems(StatusCodes.Status404NotFound);

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var after = PollSessions.Number(request, "after", long.MaxValue - 1);
        var wait = TimeSpan.FromSeconds(PollSessions.Number(request, "wait", PollSessions.MaxWaitSeconds));
        var frames = await request.Service<PullFramesHandler>()
            .HandleAsync(request.Tenant, request.Principal.Id, request.Route("sessionId"), after, wait, ct);
        return frames is null ? Problem.NotFound("session") : Results.Json(frames, AgentJson.Default.SessionFrames);
    }
}

internal sealed class PullFramesHandler(SessionSignals signals, TimeProvider time)
{
    /// <returns>Null: the session has ended, or was never the node's.</returns>
    /// <exception cref="ProblemException">400: a frame is said to be taken that was never sent.</exception>
    public async Task<SessionFrames?> HandleAsync(TenantScope tenant, string nodeId, string sessionId, long after, TimeSpan wait, CancellationToken ct)
    {
        if (!EntityId.IsValid("sess", sessionId) || await tenant.SessionsOf().GetAsync(SessionRows.Row(nodeId, sessionId), ct) is null)
        {
            return null;
        }

        var began = time.GetTimestamp();
        var frames = tenant.FramesOf(sessionId);
        var topic = SessionSignals.Frames(sessionId, fromAgent: false);
        using var listener = signals.Join(topic);
        await TakeAsync(frames, topic, after, ct);
        while (await frames.ProgressAsync(ct) is { Value.Ended: false })
        {
            var found = await frames.FramesAsync(fromAgent: false, after, SessionProtocol.MaxFrames, ct);
            var left = wait - time.GetElapsedTime(began);
            if (found.Count > 0 || left <= TimeSpan.Zero)
            {
                return new SessionFrames { First = after + 1, Frames = found };
            }

            var look = time.GetElapsedTime(began) < SessionLimits.IdleAfter ? SessionLimits.LookActive : SessionLimits.LookIdle;
            await listener.WaitAsync(left < look ? left : look, ct);
        }

        return null;
    }

    private async Task TakeAsync(Storage.Tables.TablePartition frames, string topic, long after, CancellationToken ct)
    {
        var taken = await frames.TakenAsync(fromAgent: false, ct);
        if (after <= taken)
        {
            return;
        }

        if (after > taken + SessionProtocol.WindowFrames || !await frames.TakeAsync(fromAgent: false, taken + 1, (int)(after - taken), ct))
        {
            throw new ProblemException(Problem.Invalid("after", $"Frame {after} was not sent."));
        }

        signals.Raise(topic);
    }
}
