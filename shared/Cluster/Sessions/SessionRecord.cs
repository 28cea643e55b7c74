using Saas.Contracts.Agents;

namespace Saas.Cluster.Sessions;

/// <summary>A client's session with a node's agent (see <see cref="SessionProtocol"/>), while it is open.</summary>
public sealed record SessionRecord
{
    public required string Id { get; init; }
    public required string NodeId { get; init; }
    public required SessionRequest Request { get; init; }

    /// <summary>
    /// Until when its client is known to be there; whoever serves the client moves it on. Behind it the session is as good as
    /// closed, and is swept. By the clocks of instances, so it is generous.
    /// </summary>
    public required DateTimeOffset LeaseUntil { get; init; }
}

/// <summary>How far the agent is. Every write of it names the ETag before: so a frame is stored once however often it comes.</summary>
/// <param name="Last">The last frame stored.</param>
/// <param name="Ended">It holds the end.</param>
/// <param name="Run">The agent process that sends; null: none has taken it up yet.</param>
/// <param name="Resume">Where another would go on.</param>
/// <param name="Beat">Another one with every request of the agent's: that it changes says that the agent is there.</param>
public sealed record SessionProgress(long Last, bool Ended, string? Run, string? Resume, long Beat);

/// <summary>The last frame of the other side that was taken.</summary>
public sealed record SessionTaken(long Last);
