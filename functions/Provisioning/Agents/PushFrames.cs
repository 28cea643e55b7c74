using Microsoft.AspNetCore.Http;
using Saas.Cluster.Sessions;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Client.Sessions;
using Saas.Storage;

namespace Saas.Provisioning.Agents;

/// <summary>What the agent sends in a session. Also the way to say that it is still at it, or begins: then without frames.</summary>
internal static class PushFrames
{
    private const int MaxRunLength = 64;
    private const int MaxTextLength = 4096;

    public static void Map(IRouteTable routes) =>
        routes.MapAgent("POST", AgentProtocol.SessionFramesPath("{sessionId}"), "sessions", HandleAsync)
            .Summary("Frames of a session, stored once however often they come; says up to which, for want of room maybe not all.")
            .Accepts(AgentJson.Strict.SessionFrames)
            .Produces(StatusCodes.Status200OK, AgentJson.Default.SessionReceipt)
            .Problems(StatusCodes.Status404NotFound);

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(AgentJson.Strict.SessionFrames, AgentFaults.Validator<SessionFrames>(FaultsOf), ct);
        var receipt = await request.Service<PushFramesHandler>()
            .HandleAsync(request.Tenant, request.Principal.Id, request.Route("sessionId"), body, ct);
        return receipt is null ? Problem.NotFound("session") : Results.Json(receipt, AgentJson.Default.SessionReceipt);
    }

    private static IEnumerable<FieldError> FaultsOf(SessionFrames body)
    {
        if (body.First < 1)
        {
            yield return new FieldError("first", $"Expected 1 or more; {body.First} came.");
        }

        if (body.Run is not { Length: > 0 and <= MaxRunLength })
        {
            yield return new FieldError("run", $"Expected 1 to {MaxRunLength} characters.");
        }

        if (body.Frames.Count > SessionProtocol.MaxFrames)
        {
            yield return new FieldError("frames", $"At most {SessionProtocol.MaxFrames} in one request; {body.Frames.Count} came.");
        }
        else if (body.Frames.Any(static frame => frame is null || frame.Data?.Length > SessionProtocol.MaxDataBytes
            || frame.Resume?.Length > SessionProtocol.MaxResumeLength || frame.File?.Length > MaxTextLength
            || frame.Event?.Length > MaxTextLength || frame.End?.Error?.Length > MaxTextLength))
        {
            yield return new FieldError("frames", "A frame is larger than agreed, or null.");
        }
        else if (body.Frames.SkipLast(1).Any(static frame => frame.End is not null))
        {
            yield return new FieldError("frames", "Nothing follows the end.");
        }
    }
}

internal sealed class PushFramesHandler(SessionSignals signals, TimeProvider time)
{
    /// <summary>How long a request waits for room: an agent's next one does as well, and this one is not cut off as hung.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Stores what is not stored yet, as far as there is room. Frames and progress go in one batch on the progress's ETag: a
    /// request that comes twice, or a closing meanwhile, finds another one.
    /// </summary>
    /// <returns>Null: the session has ended, or was never the node's.</returns>
    /// <exception cref="ProblemException">400: frames are missing between the last stored and these.</exception>
    public async Task<SessionReceipt?> HandleAsync(TenantScope tenant, string nodeId, string sessionId, SessionFrames sent, CancellationToken ct)
    {
        if (!EntityId.IsValid("sess", sessionId) || await tenant.SessionsOf().GetAsync(SessionRows.Row(nodeId, sessionId), ct) is null)
        {
            return null;
        }

        var began = time.GetTimestamp();
        var frames = tenant.FramesOf(sessionId);
        var topic = SessionSignals.Frames(sessionId, fromAgent: true);
        using var listener = signals.Join(topic);
        while (await frames.ProgressAsync(ct) is { } stored)
        {
            var progress = stored.Value;
            if (progress.Ended || (sent.Frames.Count > 0 && progress.Last >= sent.First + sent.Frames.Count - 1))
            {
                return new SessionReceipt(progress.Last);
            }

            if (sent.First > progress.Last + 1)
            {
                throw new ProblemException(Problem.Invalid("first", $"Frame {progress.Last + 1} is next; {sent.First} came."));
            }

            var room = progress.Last == 0 ? SessionProtocol.WindowFrames : SessionProtocol.WindowFrames - (progress.Last - await frames.TakenAsync(fromAgent: true, ct));
            var fresh = sent.Frames.Skip((int)(progress.Last + 1 - sent.First)).Take((int)Math.Max(0, room)).ToList();
            if (fresh.Count == 0 && sent.Frames.Count > 0)
            {
                if (time.GetElapsedTime(began) >= Patience)
                {
                    return new SessionReceipt(progress.Last);
                }

                await listener.WaitAsync(SessionLimits.LookActive, ct);
                continue;
            }

            var next = new SessionProgress(
                progress.Last + fresh.Count, fresh is [.., { End: not null }], sent.Run, fresh is [.., var last] ? last.Resume : progress.Resume, progress.Beat + 1);
            var written = await frames.WriteBatchAsync(
                [SessionRows.Write(next, stored.ETag), .. fresh.Select((frame, i) => SessionRows.Insert(fromAgent: true, progress.Last + 1 + i, frame))], ct);
            if (written.IsDone)
            {
                signals.Raise(topic);
                return new SessionReceipt(next.Last);
            }
        }

        return null;
    }
}
