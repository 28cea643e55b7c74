namespace Saas.Contracts.Agents;

/// <summary>Buys one registration. Repeating it with the same token and key gives the same node.</summary>
/// <param name="Token">The enrolment token as the tenant was given it.</param>
/// <param name="PublicKey">The agent's P-256 key: SubjectPublicKeyInfo (RFC 5480), base64.</param>
/// <param name="Name">Host name, for people; 1 to 64 characters.</param>
/// <param name="ProtocolVersion"><see cref="AgentProtocol.Version"/> of the agent.</param>
public sealed record EnrolRequest(string Token, string PublicKey, string Name, int ProtocolVersion);

public sealed record EnrolResponse(string TenantId, string SiteId, string NodeId);

/// <param name="Assertion">A JWT (RFC 7523) signed with ES256; see <see cref="AgentAssertion"/>.</param>
public sealed record TokenRequest(string Assertion);

/// <param name="AccessToken">Sent as bearer token until it expires.</param>
/// <param name="ExpiresInSeconds">Counted from the answer; ask anew before.</param>
public sealed record TokenResponse(string AccessToken, int ExpiresInSeconds);
