using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Sessions;

/// <summary>
/// Answers one kind of session. It must:
/// <list type="number">
/// <item>send what it has to say through the line and then return: that is the end of a session that went well;</item>
/// <item>end what went otherwise by <see cref="SessionRefusedException"/>, in Nomad's words;</item>
/// <item>say with every frame where another process of the agent would go on, or, if it cannot be gone on with, claim the
/// session before it does anything that must not be done twice.</item>
/// </list>
/// </summary>
internal interface ISessionOperation
{
    /// <summary>One of <see cref="SessionKinds"/>.</summary>
    string Kind { get; }

    Task RunAsync(OpenSession session, SessionLine line, CancellationToken ct);
}

/// <summary>A session ends with an error for its client.</summary>
/// <param name="status">Of HTTP.</param>
/// <param name="text">For people, in Nomad's words.</param>
internal sealed class SessionRefusedException(int status, string text, Exception? inner = null) : Exception(text, inner)
{
    public const int BadRequest = 400;
    public const int NotFound = 404;
    public const int Failed = 500;

    public int Status { get; } = status;
}
