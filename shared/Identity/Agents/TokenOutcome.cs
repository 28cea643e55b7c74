using Saas.Contracts.Agents;

namespace Saas.Identity.Agents;

public enum TokenRefusal
{
    /// <summary>Not a JWT of the form agents send.</summary>
    Malformed,

    /// <summary>No such node, or not signed with its key: not told apart.</summary>
    UnknownOrForged,

    /// <summary>Issued for something else, or for longer than allowed.</summary>
    WrongClaims,

    /// <summary>The agent's clock and ours differ by more than <see cref="AgentProtocol.AllowedClockSkew"/>.</summary>
    ClockSkew,

    Expired,

    /// <summary>Its <c>jti</c> was used before.</summary>
    Replayed,

    /// <summary>More tokens in a short time than an agent needs: wait.</summary>
    TooMany,

    TenantSuspended,
}

/// <summary>Either a token or why not, with a text for the agent's log.</summary>
public sealed record TokenOutcome(TokenResponse? Token, TokenRefusal Refusal, string Detail)
{
    public static TokenOutcome Issued(TokenResponse token) => new(token, default, "");

    public static TokenOutcome Refused(TokenRefusal refusal, string detail) => new(null, refusal, detail);
}
