using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Keys;

/// <summary>What a new key is to be.</summary>
internal sealed record TransitKeyOptions
{
    public static readonly TimeSpan MinAutoRotatePeriod = TimeSpan.FromHours(1);

    public KeyType Type { get; init; } = KeyType.Aes256Gcm96;

    public bool Derived { get; init; }

    public bool Convergent { get; init; }

    public bool Exportable { get; init; }

    public bool AllowPlaintextBackup { get; init; }

    /// <summary>Zero: never.</summary>
    public TimeSpan AutoRotatePeriod { get; init; }

    /// <summary>Bytes of an hmac key; 0: 32.</summary>
    public int KeySize { get; init; }

    /// <exception cref="VaultException">400: the type cannot do what is asked of it.</exception>
    public void Check()
    {
        CheckAutoRotatePeriod(AutoRotatePeriod);
        if (Convergent && !Derived)
        {
            throw VaultException.BadRequest("convergent encryption requires derivation to be enabled");
        }

        if (KeySize != 0 && Type != KeyType.Hmac)
        {
            throw VaultException.BadRequest($"key_size is not valid for algorithm {Type.WireName}");
        }

        if (KeySize != 0 && !HmacMaterial.IsKeyLength(KeySize))
        {
            throw VaultException.BadRequest($"invalid key_size {KeySize}");
        }

        if (Derived && !Type.SupportsDerivation)
        {
            throw VaultException.BadRequest($"key derivation and convergent encryption not supported for keys of type {Type.WireName}");
        }

        if (Convergent && !Type.SupportsConvergentEncryption)
        {
            throw VaultException.BadRequest($"convergent encryption not supported for keys of type {Type.WireName}");
        }
    }

    /// <exception cref="VaultException">400: neither zero nor an hour or more.</exception>
    public static void CheckAutoRotatePeriod(TimeSpan period)
    {
        if (period != TimeSpan.Zero && period < MinAutoRotatePeriod)
        {
            throw VaultException.BadRequest("auto rotate period must be 0 to disable or at least an hour");
        }
    }

    /// <exception cref="VaultException">400: unknown, or known and not offered here.</exception>
    public static KeyType ParseType(string name) =>
        KeyTypes.TryParse(name, out var type) ? type
        : throw VaultException.BadRequest(KeyTypes.IsKnownButUnsupported(name, out var reason) ? reason : $"unknown key type {name}");

    /// <summary>The key without a version yet.</summary>
    public TransitKey ToKey(string id, string name) => new()
    {
        Id = id,
        Name = name,
        Type = Type,
        Derived = Derived,
        Derivation = Derived ? KeyDerivation.HkdfSha256 : KeyDerivation.None,
        ConvergentEncryption = Convergent,
        ConvergentVersion = Convergent ? -1 : 0,
        Exportable = Exportable,
        AllowPlaintextBackup = AllowPlaintextBackup,
        AutoRotatePeriod = AutoRotatePeriod,
        KeySize = Type == KeyType.Hmac && KeySize == 0 ? HmacMaterial.MinKeyBytes : KeySize,
    };
}
