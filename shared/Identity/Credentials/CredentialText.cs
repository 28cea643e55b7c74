using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Saas.Contracts;

namespace Saas.Identity.Credentials;

public enum CredentialKind
{
    ApiKey,
    EnrolmentToken,
    AgentAccessToken,

    /// <summary>Opens one answer that was wrapped, once. It is no identity.</summary>
    WrappingToken,
}

/// <summary>
/// What a secret handed out looks like: <c>saas_</c> (<c>saasenr_</c>, <c>saasagt_</c>, <c>saaswrap_</c>), 26 characters of the tenant,
/// 26 of the key, token, node or wrapped answer, <c>_</c>, and 256 random bits in 52 characters of lower-case Crockford base 32.
/// The tenant is in it, so one tenant's rows are all that authentication has to open.
/// </summary>
public static class CredentialText
{
    public const int HashBytes = SHA256.HashSizeInBytes;

    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int IdLength = 26;
    private const int SecretLength = 52;
    private const int BodyLength = IdLength + IdLength + 1 + SecretLength;
    private const int MaxLength = 9 + BodyLength;

    private static readonly CredentialKind[] Kinds = Enum.GetValues<CredentialKind>();
    private static readonly SearchValues<char> AlphabetSet = SearchValues.Create(Alphabet);

    public static string Mint(CredentialKind kind, TenantId tenant, string entityId)
    {
        Span<byte> random = stackalloc byte[32];
        RandomNumberGenerator.Fill(random);
        return string.Concat(
            string.Concat(Prefix(kind), EntityId.Body(tenant.Value), EntityId.Body(entityId)), "_", Encode(random));
    }

    /// <summary>The part before the secret: names the row, and may be logged.</summary>
    public static bool TryLocate(ReadOnlySpan<char> credential, out CredentialKind kind, out ReadOnlySpan<char> locator)
    {
        locator = default;
        if (!TryReadKind(credential, out kind))
        {
            return false;
        }

        var body = credential[Prefix(kind).Length..];
        if (body.Length != BodyLength || body[2 * IdLength] != '_' || body[0] > '7' || body[IdLength] > '7'
            || body[..(2 * IdLength)].ContainsAnyExcept(AlphabetSet)
            || body[((2 * IdLength) + 1)..].ContainsAnyExcept(AlphabetSet))
        {
            return false;
        }

        locator = credential[..(Prefix(kind).Length + (2 * IdLength))];
        return true;
    }

    /// <summary>Tenant and entity of a locator that <see cref="TryLocate"/> gave.</summary>
    public static (TenantId Tenant, string EntityId) Names(CredentialKind kind, ReadOnlySpan<char> locator)
    {
        var body = locator[Prefix(kind).Length..];
        var tenant = TenantId.Parse(string.Concat(TenantId.Prefix, "_", body[..IdLength]));
        return (tenant, string.Concat(EntityPrefix(kind), "_", body[IdLength..]));
    }

    /// <summary>SHA-256 of the credential: all that is stored. 256 random bits need no slow hash.</summary>
    public static byte[] Hash(ReadOnlySpan<char> credential)
    {
        var hash = new byte[HashBytes];
        Hash(credential, hash);
        return hash;
    }

    /// <exception cref="ArgumentException">Longer than any credential.</exception>
    public static void Hash(ReadOnlySpan<char> credential, Span<byte> hash)
    {
        if (credential.Length > MaxLength)
        {
            throw new ArgumentException("Not a credential.", nameof(credential));
        }

        Span<byte> utf8 = stackalloc byte[MaxLength * 3];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(credential, utf8)], hash);
    }

    private static bool TryReadKind(ReadOnlySpan<char> credential, out CredentialKind kind)
    {
        foreach (var candidate in Kinds)
        {
            if (credential.StartsWith(Prefix(candidate), StringComparison.Ordinal))
            {
                kind = candidate;
                return true;
            }
        }

        kind = default;
        return false;
    }

    private static string Prefix(CredentialKind kind) => kind switch
    {
        CredentialKind.ApiKey => "saas_",
        CredentialKind.EnrolmentToken => "saasenr_",
        CredentialKind.AgentAccessToken => "saasagt_",
        CredentialKind.WrappingToken => "saaswrap_",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static string EntityPrefix(CredentialKind kind) => kind switch
    {
        CredentialKind.ApiKey => IdPrefixes.Key,
        CredentialKind.EnrolmentToken => IdPrefixes.EnrolmentToken,
        CredentialKind.AgentAccessToken => IdPrefixes.Node,
        CredentialKind.WrappingToken => IdPrefixes.WrappedAnswer,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static string Encode(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[SecretLength];
        int bits = 0, held = 0, at = 0;
        foreach (var b in bytes)
        {
            held = (held << 8) | b;
            for (bits += 8; bits >= 5; bits -= 5)
            {
                text[at++] = Alphabet[(held >> (bits - 5)) & 31];
            }

            held &= (1 << bits) - 1;
        }

        text[at++] = Alphabet[(held << (5 - bits)) & 31];
        return new string(text[..at]);
    }
}
