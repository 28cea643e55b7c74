namespace Saas.Identity.Access;

/// <summary>
/// Finds who a credential belongs to: API keys and agents' access tokens. Compares in constant time. May answer from a
/// cache for at most five seconds, and never after the change was signalled on <c>identity:{tenant}</c>.
/// </summary>
public interface ICredentialAuthenticator
{
    ValueTask<AuthenticationResult> AuthenticateAsync(string credential, CancellationToken ct);
}

public enum AuthenticationFailure
{
    /// <summary>Not of the form of any credential.</summary>
    Malformed,

    /// <summary>No such key, or a wrong secret: not told apart.</summary>
    Unknown,

    Expired,
    Revoked,
    TenantSuspended,
}

/// <summary>Either a principal or a failure.</summary>
public readonly record struct AuthenticationResult
{
    private AuthenticationResult(Principal? principal, AuthenticationFailure failure) => (Principal, Failure) = (principal, failure);

    public Principal? Principal { get; }

    /// <summary>Meaningful only without a principal.</summary>
    public AuthenticationFailure Failure { get; }

    public static AuthenticationResult Of(Principal principal) => new(principal, default);

    public static AuthenticationResult Failed(AuthenticationFailure failure) => new(null, failure);
}
