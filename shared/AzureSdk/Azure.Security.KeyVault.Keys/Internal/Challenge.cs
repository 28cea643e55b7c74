using System.Text;

namespace Azure.Security.KeyVault.Keys.Internal;

/// <summary>What a vault's 401 says about the token it wants.</summary>
/// <param name="Scope">To ask the authority for.</param>
/// <param name="TenantId">The directory the vault belongs to; null if not told.</param>
/// <param name="Claims">What a token must also hold, because an earlier one was taken back; null mostly.</param>
internal sealed record Challenge(string Scope, string? TenantId, string? Claims)
{
    private const string Bearer = "Bearer ";

    /// <summary>Null if it is no challenge for a bearer token.</summary>
    public static Challenge? Parse(string? header)
    {
        if (header is null || !header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string? authority = null, scope = null, error = null, claims = null;
        foreach (var part in header[Bearer.Length..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var value = equals < 0 ? "" : part[(equals + 1)..].Trim().Trim('"');
            switch (equals < 0 ? part : part[..equals].Trim())
            {
                case "authorization" or "authorization_uri":
                    authority = value;
                    break;
                case "resource":
                    scope = value + "/.default";
                    break;
                case "scope":
                    scope = value;
                    break;
                case "error":
                    error = value;
                    break;
                case "claims":
                    claims = value;
                    break;
                default:
                    break;
            }
        }

        return scope is null ? null : new Challenge(scope, TenantOf(authority), error == "insufficient_claims" ? Decoded(claims) : null);
    }

    /// <summary>Whether the token would be for the domain the vault is in, and not for somebody else's.</summary>
    public bool IsFor(Uri vault) => Uri.TryCreate(Scope, UriKind.Absolute, out var resource)
        && vault.Host.EndsWith("." + resource.Host, StringComparison.OrdinalIgnoreCase);

    private static string? TenantOf(string? authority) =>
        Uri.TryCreate(authority, UriKind.Absolute, out var uri) && uri.Segments is [_, var first, ..] ? first.Trim('/') : null;

    private static string? Decoded(string? claims) => claims is null ? null : Encoding.UTF8.GetString(Convert.FromBase64String(claims));
}
