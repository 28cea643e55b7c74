using System.Globalization;
using System.Text.Json;
using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Transit.Keys;

/// <summary>Reads what <see cref="BackupWriter"/> writes and what Vault writes. Trusts nothing of it.</summary>
internal static class BackupReader
{
    /// <summary>So that no counter ever overflows.</summary>
    private const int MaxVersion = 1_000_000_000;

    /// <summary>The key as it was, under a new id, with all its versions. The caller disposes their materials.</summary>
    /// <exception cref="FormatException">It is no backup of a key that could be here.</exception>
    public static KeyChange Read(ReadOnlyMemory<byte> backup, string id, string name)
    {
        var versions = new List<NewVersion>();
        try
        {
            using var document = JsonDocument.Parse(backup);
            var policy = document.RootElement.GetProperty("policy");
            var key = Key(policy, id, name);
            ReadVersions(document.RootElement, policy, key, versions);
            return new KeyChange(key with { Versions = [.. versions.Select(v => v.Version)], OldestRow = versions[0].Version.Number }, versions);
        }
        catch (Exception e)
        {
            versions.ForEach(v => v.Material.Dispose());
            if (e is JsonException or InvalidOperationException or KeyNotFoundException or OverflowException or System.Security.Cryptography.CryptographicException)
            {
                throw new FormatException("the backup is not as Vault writes it", e);
            }

            throw;
        }
    }

    /// <exception cref="FormatException">It has no name.</exception>
    public static string NameOf(ReadOnlyMemory<byte> backup)
    {
        try
        {
            using var document = JsonDocument.Parse(backup);
            return document.RootElement.GetProperty("policy").GetProperty("name").GetString() ?? "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("the backup is not as Vault writes it", e);
        }
    }

    private static TransitKey Key(JsonElement policy, string id, string name)
    {
        var type = BackupTypes.Of(Number(policy, "type")) ?? throw new FormatException($"key type {Number(policy, "type")} is not supported");
        var derived = Flag(policy, "derived");
        var key = new TransitKey
        {
            Id = id,
            Name = name,
            Type = type,
            LatestVersion = Number(policy, "latest_version"),
            MinDecryptionVersion = Math.Max(1, Number(policy, "min_decryption_version")),
            MinEncryptionVersion = Number(policy, "min_encryption_version"),
            MinAvailableVersion = Number(policy, "min_available_version"),
            Derived = derived,
            Derivation = !derived ? KeyDerivation.None : Number(policy, "kdf") switch
            {
                0 => KeyDerivation.CounterHmacSha256,
                1 => KeyDerivation.HkdfSha256,
                _ => throw new FormatException("the key derivation is not known"),
            },
            ConvergentEncryption = Flag(policy, "convergent_encryption"),
            ConvergentVersion = ConvergentVersion(policy),
            Exportable = Flag(policy, "exportable"),
            AllowPlaintextBackup = Flag(policy, "allow_plaintext_backup"),
            DeletionAllowed = Flag(policy, "deletion_allowed"),
            AutoRotatePeriod = Period(policy),
            Imported = Flag(policy, "Imported"),
            AllowRotation = Flag(policy, "AllowImportedKeyRotation"),
            KeySize = Number(policy, "key_size"),
            Backup = Occasion(policy, "backup_info"),
        };
        return IsSound(key) ? key : throw new FormatException("the versions of the key do not fit together");
    }

    private static bool IsSound(TransitKey key) =>
        key.LatestVersion is >= 1 and <= MaxVersion && key.MinDecryptionVersion <= key.LatestVersion
        && (key.MinEncryptionVersion == 0 || (key.MinEncryptionVersion >= key.MinDecryptionVersion && key.MinEncryptionVersion <= key.LatestVersion))
        && key.MinAvailableVersion >= 0 && key.MinAvailableVersion <= key.MinDecryptionVersion
        && (!key.Derived || key.Type.SupportsDerivation) && (!key.ConvergentEncryption || (key.Derived && key.Type.SupportsConvergentEncryption))
        && (key.Type != KeyType.Hmac || key.KeySize == 0 || HmacMaterial.IsKeyLength(key.KeySize))
        && (key.AutoRotatePeriod == TimeSpan.Zero || key.AutoRotatePeriod >= TransitKeyOptions.MinAutoRotatePeriod);

    /// <summary>From the latest down to the first that is missing; all that may still be used must be there.</summary>
    private static void ReadVersions(JsonElement backup, JsonElement policy, TransitKey key, List<NewVersion> versions)
    {
        var (keys, archive) = (policy.GetProperty("keys"), Archive(backup));
        for (var number = key.LatestVersion; number >= Math.Max(1, key.MinAvailableVersion); number--)
        {
            var index = number - key.MinAvailableVersion;
            var version = keys.TryGetProperty(number.ToString(CultureInfo.InvariantCulture), out var entry) ? BackupEntry.Read(entry, number, key.Type)
                : index < archive.Length ? BackupEntry.Read(archive[index], number, key.Type)
                : null;
            if (version is not { } found)
            {
                break;
            }

            versions.Insert(0, found);
            if (versions.Count > TransitKey.MaxVersions)
            {
                throw new FormatException($"a key has at most {TransitKey.MaxVersions} versions");
            }
        }

        if (versions.Count == 0 || versions[0].Version.Number > key.MinDecryptionVersion)
        {
            throw new FormatException("the backup lacks versions that the key needs");
        }
    }

    private static JsonElement[] Archive(JsonElement backup) =>
        backup.TryGetProperty("archived_keys", out var archive) && archive.ValueKind == JsonValueKind.Object
        && archive.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
            ? [.. keys.EnumerateArray()]
            : [];

    private static TimeSpan Period(JsonElement policy) =>
        policy.TryGetProperty("auto_rotate_period", out var nanoseconds) ? TimeSpan.FromTicks(nanoseconds.GetInt64() / TimeSpan.NanosecondsPerTick) : TimeSpan.Zero;

    private static int ConvergentVersion(JsonElement policy) => Number(policy, "convergent_version") switch
    {
        var version and >= -1 and <= AeadMode.CurrentConvergentVersion => version,
        _ => throw new FormatException("the convergent version is not known"),
    };

    private static KeyOccasion? Occasion(JsonElement policy, string name) =>
        policy.TryGetProperty(name, out var occasion) && occasion.ValueKind == JsonValueKind.Object
            ? new KeyOccasion(occasion.GetProperty("time").GetDateTimeOffset(), Number(occasion, "version"))
            : null;

    private static int Number(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value.GetInt32() : 0;

    private static bool Flag(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.GetBoolean();
}
