using System.Globalization;
using System.Text.Json;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Kv.Secrets;

/// <summary>What Vault tells of a version: the answer to a write, and the <c>metadata</c> of a read.</summary>
internal static class VersionAnswer
{
    public static VaultResponse Of(SecretRecord secret, int status = 200)
    {
        var response = VaultResponse.Data();
        response.Status = status;
        WriteMembers(response.Json, secret, secret.Find(secret.Current)!);
        return response;
    }

    public static void WriteMetadata(Utf8JsonWriter json, SecretRecord secret, VersionRecord version)
    {
        json.WriteStartObject("metadata");
        WriteMembers(json, secret, version);
        json.WriteEndObject();
    }

    public static void WriteCustomMetadata(Utf8JsonWriter json, SecretRecord secret)
    {
        if (secret.CustomMetadata is not { Count: > 0 } custom)
        {
            json.WriteNull("custom_metadata");
            return;
        }

        json.WriteStartObject("custom_metadata");
        foreach (var (name, value) in custom)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    /// <summary>RFC 3339 with as many digits as it takes, as Go writes it; empty for none.</summary>
    public static string Time(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture) ?? "";

    private static void WriteMembers(Utf8JsonWriter json, SecretRecord secret, VersionRecord version)
    {
        json.WriteString("created_time", Time(version.CreatedAt));
        WriteCustomMetadata(json, secret);
        json.WriteString("deletion_time", Time(version.DeletedAt));
        json.WriteBoolean("destroyed", version.IsDestroyed);
        json.WriteNumber("version", version.Number);
    }
}
