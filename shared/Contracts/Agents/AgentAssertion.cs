using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Saas.Contracts.Agents;

/// <summary>Claims of an agent's assertion; times are seconds since 1970.</summary>
/// <param name="Iss">The node id.</param>
/// <param name="Ten">The tenant id: it says where to look for the node's key.</param>
/// <param name="Aud">Always <see cref="AgentAssertion.Audience"/>.</param>
/// <param name="Jti">Never used twice.</param>
public sealed record AssertionClaims(string Iss, string Ten, string Aud, long Iat, long Exp, string Jti);

/// <summary>The assertion by which an agent proves its key: a JWT (RFC 7519) signed with ES256 (RFC 7518 §3.4).</summary>
public static class AgentAssertion
{
    public const string Audience = "saas-agent-token";

    private const string Header = """{"alg":"ES256","typ":"JWT"}""";

    public static string Sign(ECDsa key, AssertionClaims claims)
    {
        var signed = string.Concat(
            Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Header)), ".",
            Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims, AgentJson.Default.AssertionClaims)));
        // IEEE P1363 (r || s) is the default of SignData and what RFC 7518 asks for.
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256);
        return string.Concat(signed, ".", Base64Url.EncodeToString(signature));
    }

    /// <summary>The claims as they stand, unverified: only to find the key to verify with. Null if malformed.</summary>
    public static AssertionClaims? ReadUnverified(string assertion)
    {
        var parts = assertion.Split('.');
        if (parts.Length != 3 || assertion.Length > 4096)
        {
            return null;
        }

        try
        {
            if (Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])) != Header)
            {
                return null;
            }

            return JsonSerializer.Deserialize(Base64Url.DecodeFromChars(parts[1]), AgentJson.Strict.AssertionClaims);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>True if the assertion's signature is the key's. Says nothing of its claims.</summary>
    public static bool IsSignedBy(ECDsa key, string assertion)
    {
        var dot = assertion.LastIndexOf('.');
        Span<byte> signature = stackalloc byte[64];
        return dot > 0
            && Base64Url.TryDecodeFromChars(assertion.AsSpan(dot + 1), signature, out var length) && length == 64
            && key.VerifyData(Encoding.UTF8.GetBytes(assertion[..dot]), signature, HashAlgorithmName.SHA256);
    }
}
