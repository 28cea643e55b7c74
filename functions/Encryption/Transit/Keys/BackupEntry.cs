using System.Text.Json;
using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Transit.Keys;

/// <summary>One version in a backup: Vault's key entry.</summary>
internal static class BackupEntry
{
    public static void Write(Utf8JsonWriter json, NewVersion version)
    {
        var material = version.Material;
        json.WriteStartObject();
        WriteBytes(json, "key", material switch
        {
            AeadMaterial aead => aead.Key,
            Ed25519Material ed25519 => ed25519.SeedAndPublicKey,
            HmacMaterial => material.HmacKey,
            _ => default,
        });
        WriteBytes(json, "hmac_key", material.HmacKey);
        json.WriteString("time", version.Version.CreatedAt.UtcDateTime);
        BackupNumbers.WriteEcdsa(json, material as EcdsaMaterial);
        BackupNumbers.WriteRsa(json, material as RsaMaterial);
        json.WriteString("public_key", material is RsaMaterial ? "" : material.PublicKey ?? "");
        json.WriteNumber("convergent_version", version.Version.ConvergentVersion);
        json.WriteNumber("creation_time", version.Version.CreatedAt.ToUnixTimeSeconds());
        json.WriteNull("certificate_chain");
        json.WriteEndObject();
    }

    public static void WriteEmpty(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteBytes(json, "key", default);
        WriteBytes(json, "hmac_key", default);
        json.WriteString("time", "0001-01-01T00:00:00Z");
        BackupNumbers.WriteEcdsa(json, null);
        BackupNumbers.WriteRsa(json, null);
        json.WriteString("public_key", "");
        json.WriteNumber("convergent_version", 0);
        json.WriteNumber("creation_time", 0);
        json.WriteNull("certificate_chain");
        json.WriteEndObject();
    }

    /// <summary>Null: an empty entry, as there is for versions that never were. The caller disposes the material.</summary>
    /// <exception cref="FormatException">It is no version of the type.</exception>
    public static NewVersion? Read(JsonElement entry, int number, KeyType type)
    {
        var key = Bytes(entry, "key");
        var hasPrivateKey = key.Length > 0 || Has(entry, "ec_d") || Has(entry, "rsa_key");
        if (!hasPrivateKey && !Has(entry, "ec_x") && !Has(entry, "rsa_public_key") && Text(entry, "public_key").Length == 0)
        {
            return null;
        }

        KeyMaterial? material = null;
        var hmacKey = Bytes(entry, "hmac_key");
        var fault = hmacKey.Length > HmacMaterial.MaxKeyBytes ? CryptoFault.WrongKeyLength : hasPrivateKey
            ? KeyImport.Private(type, PrivateKey(entry, type, key), out material, hmacKey)
            : KeyImport.Public(type, BackupNumbers.ReadPublic(entry, type), out material, hmacKey);
        if (fault != CryptoFault.None)
        {
            throw new FormatException($"version {number} is no key of type {type.WireName}");
        }

        var convergentVersion = entry.TryGetProperty("convergent_version", out var given) ? given.GetInt32() : 0;
        return new NewVersion(new TransitKeyVersion(number, CreatedAt(entry), hasPrivateKey, ConvergentVersion: convergentVersion), material!);
    }

    private static byte[] PrivateKey(JsonElement entry, KeyType type, byte[] key) =>
        type.IsEcdsa ? BackupNumbers.ReadEcdsa(entry, type)
        : type.IsRsa ? BackupNumbers.ReadRsa(entry)
        : type == KeyType.Ed25519 ? BackupNumbers.Ed25519Pkcs8(key)
        : key;

    private static DateTimeOffset CreatedAt(JsonElement entry) =>
        entry.TryGetProperty("time", out var time) && time.TryGetDateTimeOffset(out var at) && at > DateTimeOffset.UnixEpoch ? at
        : entry.TryGetProperty("creation_time", out var seconds) && seconds.TryGetInt64(out var unix) && unix is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(unix)
        : DateTimeOffset.UnixEpoch;

    private static bool Has(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null;

    private static string Text(JsonElement entry, string name) => Has(entry, name) ? entry.GetProperty(name).GetString() ?? "" : "";

    private static byte[] Bytes(JsonElement entry, string name) => Has(entry, name) ? entry.GetProperty(name).GetBytesFromBase64() : [];

    private static void WriteBytes(Utf8JsonWriter json, string name, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteBase64String(name, bytes);
        }
    }
}
