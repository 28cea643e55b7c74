using System.Security.Cryptography;

namespace Saas.Identity.Access;

/// <summary>A secret that would be accepted, as its hash.</summary>
internal readonly record struct AcceptedSecret(byte[] Hash, DateTimeOffset? ExpiresAt);

/// <summary>What the store said about a key or a node, and when.</summary>
/// <param name="Principal">Null if whoever has the secret is refused with <paramref name="Failure"/>.</param>
/// <param name="Version">Of the topic, read before the rows: a change in between makes the entry stale, never wrong.</param>
internal sealed record CachedCredential(
    AcceptedSecret[] Secrets,
    Principal? Principal,
    AuthenticationFailure Failure,
    string Topic,
    long Version,
    long LoadedAt)
{
    /// <summary>
    /// Null if none of the secrets is this one. That the credential was revoked or its tenant suspended is told only
    /// to those who have the secret.
    /// </summary>
    public AuthenticationResult? Judge(ReadOnlySpan<byte> hash, DateTimeOffset now)
    {
        foreach (var secret in Secrets)
        {
            if (!CryptographicOperations.FixedTimeEquals(secret.Hash, hash))
            {
                continue;
            }

            if (Principal is null)
            {
                return AuthenticationResult.Failed(Failure);
            }

            return secret.ExpiresAt <= now
                ? AuthenticationResult.Failed(AuthenticationFailure.Expired)
                : AuthenticationResult.Of(Principal);
        }

        return null;
    }
}
