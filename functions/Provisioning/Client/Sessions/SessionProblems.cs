using Microsoft.AspNetCore.Http;
using Saas.Hosting.Problems;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Client.Sessions;

/// <summary>Why a session cannot begin or go on, in Nomad's words.</summary>
internal static class SessionProblems
{
    /// <summary>The agent does not answer: it is down, cut off, or was restarted for too long.</summary>
    public static ProblemException NoPath() =>
        new(Problem.NotFound("path to the node") with { Peer = new PeerError(StatusCodes.Status404NotFound, "No path to node") });

    public static ProblemException UnknownNode(string id) =>
        new(Problem.NotFound("node") with { Peer = new PeerError(StatusCodes.Status404NotFound, $"Unknown node \"{Shortened(id)}\"") });

    public static ProblemException UnknownAllocation(string id) =>
        new(Problem.NotFound("alloc") with { Peer = new PeerError(StatusCodes.Status404NotFound, $"Unknown allocation \"{Shortened(id)}\"") });

    public static ProblemException TooOld() => new(Problem
        .Conflict("agent-too-old", "The node's agent is of a version that does not answer this; update it.")
        .AsRefusal("Node does not support RPC; its agent must be updated"));

    public static ProblemException TooMany(string of, int most) => new(Problem.TooManyRequests(
        $"This {of} has {most} such calls under way, which is the limit.", TimeSpan.FromSeconds(5)));

    /// <summary>What the agent ended it with.</summary>
    public static Problem Of(int status, string text) =>
        Problem.Of("agent-refused", "The node's agent refused it.", status is >= 400 and <= 599 ? status : StatusCodes.Status500InternalServerError, text)
            with { Peer = new PeerError(status is >= 400 and <= 599 ? status : StatusCodes.Status500InternalServerError, text) };

    private static string Shortened(string id) => id.Length > 64 ? id[..64] : id;
}
