using System.Globalization;
using System.Text.Json;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Keys;

/// <summary>A key as reading, making and changing it shows it.</summary>
internal static class KeyView
{
    /// <param name="context">Of a derived ed25519 key: whose public keys to show; empty for none.</param>
    public static async ValueTask<VaultResponse> AnswerAsync(VaultRequest request, TransitKey key, ReadOnlyMemory<byte> context, CancellationToken ct)
    {
        var publicKeys = key.Type.SupportsSigning
            ? await request.Service<VersionRows>().PublicKeysAsync(KeyRing.Of(request), key, context, ct)
            : null;
        var response = VaultResponse.Data();
        Write(response.Json, key, publicKeys);
        return response;
    }

    public static ValueTask<VaultResponse> AnswerAsync(VaultRequest request, TransitKey key, CancellationToken ct) =>
        AnswerAsync(request, key, default, ct);

    /// <summary>Versions that may still be used; Vault has put away the others.</summary>
    public static IEnumerable<TransitKeyVersion> Usable(this TransitKey key) => key.Versions.Where(v => v.Number >= key.MinDecryptionVersion);

    private static void Write(Utf8JsonWriter json, TransitKey key, IReadOnlyDictionary<int, string>? publicKeys)
    {
        json.WriteString("name", key.Name);
        json.WriteString("type", key.Type.WireName);
        json.WriteBoolean("allow_plaintext_backup", key.AllowPlaintextBackup);
        json.WriteNumber("auto_rotate_period", (long)key.AutoRotatePeriod.TotalSeconds);
        json.WriteBoolean("deletion_allowed", key.DeletionAllowed);
        WriteDerivation(json, key);
        json.WriteBoolean("exportable", key.Exportable);
        json.WriteBoolean("imported_key", key.Imported);
        if (key.Imported)
        {
            json.WriteBoolean("imported_key_allow_rotation", key.AllowRotation);
        }

        if (key.KeySize != 0)
        {
            json.WriteNumber("key_size", key.KeySize);
        }

        WriteKeys(json, key, publicKeys);
        json.WriteNumber("latest_version", key.LatestVersion);
        json.WriteNumber("min_available_version", key.MinAvailableVersion);
        json.WriteNumber("min_decryption_version", key.MinDecryptionVersion);
        json.WriteNumber("min_encryption_version", key.MinEncryptionVersion);
        WriteOccasion(json, "backup_info", key.Backup);
        WriteOccasion(json, "restore_info", key.Restore);
        json.WriteBoolean("supports_decryption", key.Type.SupportsEncryption);
        json.WriteBoolean("supports_derivation", key.Type.SupportsDerivation);
        json.WriteBoolean("supports_encryption", key.Type.SupportsEncryption);
        json.WriteBoolean("supports_signing", key.Type.SupportsSigning);
    }

    private static void WriteDerivation(Utf8JsonWriter json, TransitKey key)
    {
        json.WriteBoolean("derived", key.Derived);
        if (!key.Derived)
        {
            return;
        }

        if (key.Derivation == KeyDerivation.CounterHmacSha256)
        {
            json.WriteString("kdf", "hmac-sha256-counter");
            json.WriteString("kdf_mode", "hmac-sha256-counter");
        }
        else
        {
            json.WriteString("kdf", "hkdf_sha256");
        }

        json.WriteBoolean("convergent_encryption", key.ConvergentEncryption);
        if (key.ConvergentEncryption)
        {
            json.WriteNumber("convergent_encryption_version", key.ConvergentVersion);
        }
    }

    /// <summary>A time for a symmetric version, an object for one with a public half; Vault has nothing here for hmac.</summary>
    private static void WriteKeys(Utf8JsonWriter json, TransitKey key, IReadOnlyDictionary<int, string>? publicKeys)
    {
        if (key.Type == KeyType.Hmac)
        {
            return;
        }

        json.WriteStartObject("keys");
        foreach (var version in key.Usable())
        {
            var number = version.Number.ToString(CultureInfo.InvariantCulture);
            if (publicKeys is null)
            {
                json.WriteNumber(number, version.CreatedAt.ToUnixTimeSeconds());
                continue;
            }

            json.WriteStartObject(number);
            json.WriteString("certificate_chain", "");
            json.WriteString("creation_time", version.CreatedAt.UtcDateTime);
            json.WriteString("hybrid_public_key", "");
            json.WriteString("name", CurveOrType(key.Type));
            json.WriteString("public_key", publicKeys.GetValueOrDefault(version.Number, ""));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string CurveOrType(KeyType type) => type switch
    {
        KeyType.EcdsaP256 => "P-256",
        KeyType.EcdsaP384 => "P-384",
        KeyType.EcdsaP521 => "P-521",
        _ => type.WireName,
    };

    private static void WriteOccasion(Utf8JsonWriter json, string name, KeyOccasion? occasion)
    {
        if (occasion is null)
        {
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("time", occasion.Time.UtcDateTime);
        json.WriteNumber("version", occasion.Version);
        json.WriteEndObject();
    }
}
