using System.Globalization;
using System.Text.Json;
using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// A key in the JSON that Vault keeps it in, which is what its backups are. All versions stand in the archive, by their
/// distance from the oldest there is (from zero, where no version was trimmed: the first entry is then an empty one);
/// those that may still be used stand in the policy besides.
/// </summary>
internal static class BackupWriter
{
    /// <param name="versions">All there are.</param>
    public static void Write(Utf8JsonWriter json, TransitKey key, IReadOnlyList<NewVersion> versions)
    {
        json.WriteStartObject();
        json.WriteStartObject("policy");
        WriteKey(json, key);
        json.WriteStartObject("keys");
        foreach (var version in versions.Where(v => v.Version.Number >= key.MinDecryptionVersion))
        {
            json.WritePropertyName(version.Version.Number.ToString(CultureInfo.InvariantCulture));
            BackupEntry.Write(json, version);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("archived_keys");
        json.WriteStartArray("keys");
        if (key.MinAvailableVersion == 0)
        {
            BackupEntry.WriteEmpty(json);
        }

        foreach (var version in versions)
        {
            BackupEntry.Write(json, version);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteKey(Utf8JsonWriter json, TransitKey key)
    {
        json.WriteString("name", key.Name);
        if (key.KeySize != 0)
        {
            json.WriteNumber("key_size", key.KeySize);
        }

        json.WriteBoolean("derived", key.Derived);
        json.WriteNumber("kdf", key.Derivation == KeyDerivation.None ? 0 : (int)key.Derivation);
        json.WriteBoolean("convergent_encryption", key.ConvergentEncryption);
        json.WriteBoolean("exportable", key.Exportable);
        json.WriteNumber("min_decryption_version", key.MinDecryptionVersion);
        json.WriteNumber("min_encryption_version", key.MinEncryptionVersion);
        json.WriteNumber("latest_version", key.LatestVersion);
        json.WriteNumber("archive_version", key.LatestVersion);
        json.WriteNumber("archive_min_version", key.MinAvailableVersion);
        json.WriteNumber("min_available_version", key.MinAvailableVersion);
        json.WriteBoolean("deletion_allowed", key.DeletionAllowed);
        json.WriteNumber("convergent_version", key.ConvergentVersion);
        json.WriteNumber("type", BackupTypes.NumberOf(key.Type));
        WriteOccasion(json, "backup_info", key.Backup);
        WriteOccasion(json, "restore_info", key.Restore);
        json.WriteBoolean("allow_plaintext_backup", key.AllowPlaintextBackup);
        json.WriteString("version_template", "");
        json.WriteString("storage_prefix", "");
        json.WriteNumber("auto_rotate_period", key.AutoRotatePeriod.Ticks * TimeSpan.NanosecondsPerTick);
        json.WriteBoolean("Imported", key.Imported);
        json.WriteBoolean("AllowImportedKeyRotation", key.AllowRotation);
    }

    private static void WriteOccasion(Utf8JsonWriter json, string name, KeyOccasion? occasion)
    {
        if (occasion is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("time", occasion.Time.UtcDateTime);
        json.WriteNumber("version", occasion.Version);
        json.WriteEndObject();
    }
}
