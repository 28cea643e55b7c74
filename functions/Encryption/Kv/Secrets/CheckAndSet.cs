using System.Globalization;
using System.Text.Json;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Kv.Secrets;

/// <summary>The option <c>cas</c>: the version a writer believes to be the last, 0 for a secret it believes not to be there.</summary>
internal readonly record struct CheckAndSet(long? Version)
{
    /// <exception cref="VaultException">400: no number.</exception>
    public static CheckAndSet Given(VaultFields fields)
    {
        if (fields.Find("options") is not { } options)
        {
            return default;
        }

        if (options.ValueKind != JsonValueKind.Object)
        {
            throw VaultException.BadRequest("Field validation failed: error converting input for field \"options\": expected a map");
        }

        return options.TryGetProperty("cas", out var cas) ? new CheckAndSet(Number(cas)) : default;
    }

    /// <exception cref="VaultException">400: there is another version, or the option is required and was not given.</exception>
    public void Check(SecretRecord? secret, KvConfig config)
    {
        if (Version is { } version)
        {
            if (version != (secret?.Current ?? 0))
            {
                throw VaultException.BadRequest("check-and-set parameter did not match the current version");
            }
        }
        else if (config.CasRequired || secret is { CasRequired: true })
        {
            throw VaultException.BadRequest("check-and-set parameter required for this call");
        }
    }

    /// <summary>Vault takes a number, its digits, a boolean, and null for 0.</summary>
    private static long Number(JsonElement cas) => cas.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => 0,
        JsonValueKind.True => 1,
        JsonValueKind.Number when cas.TryGetInt64(out var number) => number,
        JsonValueKind.String when cas.GetString() is { Length: 0 } => 0,
        JsonValueKind.String when long.TryParse(cas.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
            number,
        _ => throw VaultException.BadRequest("error parsing check-and-set parameter"),
    };
}
