namespace Saas.Identity.Agents;

/// <summary>A machine's public key, and the access tokens it was given for assertions signed with it.</summary>
public sealed record AgentCredentialRecord
{
    /// <summary>The node id.</summary>
    public required string Id { get; init; }

    public required string SiteId { get; init; }

    /// <summary>Host name as the agent told it at its enrolment.</summary>
    public required string Name { get; init; }

    /// <summary>P-256, as SubjectPublicKeyInfo (RFC 5480).</summary>
    public required byte[] PublicKey { get; init; }

    public required DateTimeOffset EnrolledAt { get; init; }

    /// <summary>Those not expired yet, newest last; at most <see cref="AgentCredentials.MaxTokens"/>.</summary>
    public IReadOnlyList<AccessTokenRecord> Tokens { get; init; } = [];

    /// <summary>Ids of assertions used, until they would be refused for their age.</summary>
    public IReadOnlyList<UsedAssertion> UsedAssertions { get; init; } = [];
}

/// <param name="Hash">SHA-256 of the whole token.</param>
public sealed record AccessTokenRecord(byte[] Hash, DateTimeOffset ExpiresAt);

/// <param name="IdHash">The first 16 bytes of SHA-256 over the <c>jti</c>: agents choose its length, we what we keep.</param>
/// <param name="ForgetAt">From then on the assertion is refused for its age.</param>
public sealed record UsedAssertion(byte[] IdHash, DateTimeOffset ForgetAt);
