using System.Text.Json;
using Saas.Encryption.Vault;
using Saas.Identity.Keys;

namespace Saas.Encryption.Sys.Tokens;

/// <summary>A key as Vault shows a token: an API key is one that nobody made by another, and that is not renewable.</summary>
internal static class TokenView
{
    private const string Service = "service";
    private const string CreatePath = "auth/token/create";

    /// <param name="secret">Shown only to who sent it; empty for others.</param>
    /// <param name="namespacePath">Of the only project it may see; null: all.</param>
    public static VaultResponse Of(
        ApiKeyRecord key, DateTimeOffset? expiresAt, string secret, IReadOnlyList<string> policies, string? namespacePath, DateTimeOffset now)
    {
        var response = VaultResponse.Data();
        var (json, terms) = (response.Json, key.Token);
        json.WriteString("accessor", key.Id);
        json.WriteNumber("creation_time", key.CreatedAt.ToUnixTimeSeconds());
        json.WriteNumber("creation_ttl", Seconds(terms?.Ttl ?? (key.ExpiresAt - key.CreatedAt)));
        json.WriteString("display_name", terms is null ? key.Name : DisplayName(key.Name));
        json.WriteString("entity_id", "");
        WriteTime(json, "expire_time", expiresAt);
        json.WriteNumber("explicit_max_ttl", Seconds(terms?.ExplicitMaxTtl));
        json.WriteString("id", secret);
        WriteTime(json, "issue_time", key.CreatedAt);
        if (terms?.RenewedAt is { } renewed)
        {
            WriteTime(json, "last_renewal", renewed);
            json.WriteNumber("last_renewal_time", renewed.ToUnixTimeSeconds());
        }

        WriteMeta(json, "meta", terms?.Meta);
        if (namespacePath is not null)
        {
            json.WriteString("namespace_path", namespacePath + "/");
        }

        json.WriteNumber("num_uses", 0);
        json.WriteBoolean("orphan", terms?.ParentId is null);
        json.WriteString("path", CreatePath);
        if (terms?.Period > TimeSpan.Zero)
        {
            json.WriteNumber("period", Seconds(terms.Period));
        }

        WriteNames(json, "policies", policies);
        json.WriteBoolean("renewable", terms?.Renewable == true);
        json.WriteNumber("ttl", Seconds(expiresAt - now));
        json.WriteString("type", Service);
        return response;
    }

    /// <summary>What making and renewing a token answers.</summary>
    /// <param name="secret">The token itself.</param>
    public static VaultResponse AuthOf(ApiKeyRecord key, string secret, IReadOnlyList<string> policies, DateTimeOffset now)
    {
        var response = VaultResponse.Data(1024, VaultPart.Auth);
        var json = response.Json;
        json.WriteString("client_token", secret);
        json.WriteString("accessor", key.Id);
        WriteNames(json, "policies", policies);
        WriteNames(json, "token_policies", policies);
        WriteMeta(json, "metadata", key.Token?.Meta);
        json.WriteNumber("lease_duration", Seconds(key.ExpiresAt - now));
        json.WriteBoolean("renewable", key.Token?.Renewable == true);
        json.WriteString("entity_id", "");
        json.WriteString("token_type", Service);
        json.WriteBoolean("orphan", key.Token?.ParentId is null);
        json.WriteNull("mfa_requirement");
        json.WriteNumber("num_uses", 0);
        return response;
    }

    public static string DisplayName(string name) => name == "token" ? name : "token-" + name;

    /// <summary>Rounded to the nearest, so that a token just made for an hour has an hour.</summary>
    private static long Seconds(TimeSpan? time) => time is { } span && span > TimeSpan.Zero ? (long)Math.Round(span.TotalSeconds) : 0;

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } at)
        {
            json.WriteString(name, at.UtcDateTime);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteNames(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void WriteMeta(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string>? meta)
    {
        if (meta is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        foreach (var (key, value) in meta)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
