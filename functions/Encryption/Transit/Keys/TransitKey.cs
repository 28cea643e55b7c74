using System.Text.Json.Serialization;
using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// What is known of a named key beside its secrets: never changes, a change makes another. It is also the document
/// that is sealed into the key's row; the material of every version has a row of its own (<see cref="KeyRows"/>).
/// </summary>
internal sealed record TransitKey
{
    /// <summary>
    /// Versions a key may have at once. Every version costs about 100 bytes of a row that holds 960 KiB; with trim
    /// there is no end to the versions a key can have had.
    /// </summary>
    public const int MaxVersions = 5_000;

    /// <summary>Another after the key was deleted, restored or imported anew, so that nothing of two keys is mixed.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required KeyType Type { get; init; }

    public int LatestVersion { get; init; }

    /// <summary>1 or above: older ciphertexts and signatures are refused.</summary>
    public int MinDecryptionVersion { get; init; } = 1;

    /// <summary>0: only the latest version encrypts and signs.</summary>
    public int MinEncryptionVersion { get; init; }

    /// <summary>When <see cref="MinEncryptionVersion"/> was raised last: other instances know of it a few seconds later.</summary>
    public DateTimeOffset? MinEncryptionRaisedAt { get; init; }

    /// <summary>Versions below are destroyed; 0 before the first trim.</summary>
    public int MinAvailableVersion { get; init; }

    public bool Derived { get; init; }

    public KeyDerivation Derivation { get; init; } = KeyDerivation.None;

    public bool ConvergentEncryption { get; init; }

    /// <summary>As Vault keeps it: -1, every version says its own; 0 for a key without convergent encryption.</summary>
    public int ConvergentVersion { get; init; }

    public bool Exportable { get; init; }

    public bool AllowPlaintextBackup { get; init; }

    public bool DeletionAllowed { get; init; }

    /// <summary>Zero: never.</summary>
    public TimeSpan AutoRotatePeriod { get; init; }

    public bool Imported { get; init; }

    /// <summary>Of an imported key: whether it may be rotated to versions made here.</summary>
    public bool AllowRotation { get; init; }

    /// <summary>Bytes, for hmac keys whose size was given; else 0.</summary>
    public int KeySize { get; init; }

    public KeyOccasion? Backup { get; init; }

    public KeyOccasion? Restore { get; init; }

    /// <summary>Without gaps, ending with <see cref="LatestVersion"/>.</summary>
    public IReadOnlyList<TransitKeyVersion> Versions { get; init; } = [];

    /// <summary>Versions from here to <see cref="MinAvailableVersion"/> may still have rows to be removed.</summary>
    public int OldestRow { get; init; } = 1;

    /// <summary>Who wrote this: tells a change of one's own that was done although the store's answer was lost.</summary>
    public string ChangeId { get; init; } = "";

    [JsonIgnore]
    public TransitKeyVersion Latest => Versions[^1];

    /// <summary>Null: there never was one, or it was trimmed away. Whether the key's minimums allow it is not asked.</summary>
    public TransitKeyVersion? Find(int version)
    {
        if (Versions.Count == 0)
        {
            return null;
        }

        var index = version - Versions[0].Number;
        return (uint)index < (uint)Versions.Count ? Versions[index] : null;
    }

    /// <summary>How a version of an AEAD key encrypts.</summary>
    public AeadMode Mode(TransitKeyVersion version) => new(
        Derivation, !ConvergentEncryption ? 0 : version.ConvergentVersion != 0 ? version.ConvergentVersion : Math.Max(ConvergentVersion, 1));

    public TransitKey With(TransitKeyVersion version) => version.Number == LatestVersion + 1
        ? this with { LatestVersion = version.Number, Versions = [.. Versions, version] }
        : this with { Versions = [.. Versions.Select(v => v.Number == version.Number ? version : v)] };
}

/// <param name="HasPrivateKey">False where only the public half was imported.</param>
/// <param name="Revision">How often the version's material was replaced: by the private half of a public key.</param>
/// <param name="ConvergentVersion">0 where the key's own counts.</param>
internal sealed record TransitKeyVersion(
    int Number, DateTimeOffset CreatedAt, bool HasPrivateKey = true, int Revision = 0, int ConvergentVersion = 0);

/// <summary>When a backup was taken or restored, and of which version as the latest.</summary>
internal sealed record KeyOccasion(DateTimeOffset Time, int Version);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TransitKey))]
[JsonSerializable(typeof(KeyDuty))]
[JsonSerializable(typeof(TransitSettings))]
internal sealed partial class TransitKeyJson : JsonSerializerContext;
